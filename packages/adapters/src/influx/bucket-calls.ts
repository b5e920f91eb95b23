import { AppError } from '@etcdmonitor/core/errors'
import { z } from 'zod'
import type { InfluxAccess } from './influx-access.ts'

const DEADLINE = 10_000
const DAY_SECONDS = 86_400

export interface FoundBucket {
  readonly id: string
  /** What is older is not taken and not there; 0 = for ever. */
  readonly retentionSeconds: number
  /** Unix ms by the server's clock, to a second; undefined when it does not say. */
  readonly serverAt: number | undefined
}

const Buckets = z.object({
  buckets: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      retentionRules: z.array(z.object({ everySeconds: z.number().optional() })),
    }),
  ),
})
const Orgs = z.object({ orgs: z.array(z.object({ id: z.string(), name: z.string() })) })

/**
 * The bucket, or undefined: there is none, or the token may not read it, which the server does not tell apart.
 * @throws AppError `storage_unavailable`, whose details hold the `status` where there is one
 */
export async function findBucket(access: InfluxAccess, stop: AbortSignal): Promise<FoundBucket | undefined> {
  const { bucket, org } = access
  const listed = await list(access, `/api/v2/buckets?${new URLSearchParams({ name: bucket, org })}`, stop)
  const found = listed && parse(Buckets, listed.body).buckets.find(({ name }) => name === bucket)
  if (!found) return undefined
  const serverAt = Date.parse(listed.date ?? '')
  return {
    id: found.id,
    retentionSeconds: found.retentionRules[0]?.everySeconds ?? 0,
    serverAt: Number.isNaN(serverAt) ? undefined : serverAt,
  }
}

/** `there`: another was first. `refused`: the token may not. */
export type MadeBucket = 'made' | 'there' | 'refused'

/** Makes the bucket where the token may, with a day more than is asked for. @throws as above */
export async function makeBucket(
  access: InfluxAccess,
  keepDays: number,
  stop: AbortSignal,
): Promise<MadeBucket> {
  const { org, bucket } = access
  const listed = await list(access, `/api/v2/orgs?${new URLSearchParams({ org })}`, stop)
  const orgID = listed && parse(Orgs, listed.body).orgs.find(({ name }) => name === org)?.id
  if (orgID === undefined) return 'refused'
  const everySeconds = (keepDays + 1) * DAY_SECONDS
  const rule = { type: 'expire', everySeconds, shardGroupDurationSeconds: DAY_SECONDS }
  try {
    await call(access, '/api/v2/buckets', { json: { orgID, name: bucket, retentionRules: [rule] }, stop })
    return 'made'
  } catch (error) {
    const status = statusOf(error)
    if (status === 422) return 'there'
    if (status === 401 || status === 403) return 'refused'
    throw error
  }
}

/** Undefined: a name that does not exist is told by 404, where one that may not be seen gives an empty list. */
async function list(access: InfluxAccess, path: string, stop: AbortSignal) {
  try {
    return await call(access, path, { stop })
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw error
  }
}

const statusOf = (error: unknown): unknown => (error instanceof AppError ? error.details.status : undefined)

interface Call {
  /** POST of this; GET without it. */
  readonly json?: unknown
  readonly stop: AbortSignal
}

async function call({ url, readToken }: InfluxAccess, path: string, { json, stop }: Call) {
  const response = await ask(`${url}${path}`, {
    method: json === undefined ? 'GET' : 'POST',
    headers: { authorization: `Token ${readToken().reveal()}`, 'content-type': 'application/json' },
    signal: AbortSignal.any([stop, AbortSignal.timeout(DEADLINE)]),
    ...(json !== undefined && { body: JSON.stringify(json) }),
  })
  if (!response.ok) throw unavailable(`InfluxDB answers ${response.status}`, { status: response.status })
  return { body: await readJson(response), date: response.headers.get('date') }
}

async function ask(
  url: string,
  { signal, ...init }: RequestInit & { signal: AbortSignal },
): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal, redirect: 'error' })
  } catch (error) {
    throw unavailable('InfluxDB does not answer', {}, error)
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch (error) {
    throw unavailable('InfluxDB gives no JSON', {}, error)
  }
}

function parse<T extends z.ZodType>(shape: T, body: unknown): z.output<T> {
  const { data, error } = shape.safeParse(body)
  if (error) throw unavailable('InfluxDB gives an answer of another form', {}, error)
  return data
}

const unavailable = (message: string, details: Readonly<Record<string, unknown>>, cause?: unknown) =>
  new AppError('storage_unavailable', message, { details, cause })
