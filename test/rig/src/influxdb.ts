import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, startChild } from './child.ts'
import { freePorts } from './free-ports.ts'
import { findServer } from './servers.ts'

const DEADLINE = 30_000
const READY_LIMIT = 60_000
const INTERVAL = 25
const LOG_SHOWN = 2_000

/** How a server is reached with all rights. */
export interface InfluxAccess {
  /** Without a slash at the end. */
  readonly url: string
  readonly org: string
  readonly orgId: string
  /** Of the operator: makes buckets and tokens; the product is never given it. */
  readonly operatorToken: string
}

/** A bucket of its own, with tokens as the product's two processes should have them (storage.md 6.9). */
export interface InfluxBucket {
  readonly name: string
  readonly id: string
  /** Reads and writes this bucket alone: the collector's. */
  readonly writeToken: string
  /** Reads this bucket alone: the API's. */
  readonly readToken: string
}

export interface BucketOptions {
  /** Absent: what is written stays for ever. At least 3600. */
  readonly retentionSeconds?: number
  readonly name?: string
}

/** A running server, with the organisation `org`. */
export interface Influxdb extends InfluxAccess, AsyncDisposable {
  /** SIGKILL: gone when the promise resolves. */
  kill(): Promise<void>
  /** SIGSTOP: it accepts connections and never answers. */
  hang(): void
  resume(): void
  /** Ends it if it runs, starts it on its data and port, and waits until it answers. */
  restart(): Promise<void>
}

export interface InfluxdbOptions {
  /** Where its data lies, which then stays. Absent: a temporary folder that is removed. */
  readonly folder?: string
  /** Sets a new server up, which is done once. Absent: an organisation `org`, a bucket `first`. */
  readonly setUp?: (url: string) => Promise<InfluxAccess>
}

/** A real InfluxDB 2 on a free port of 127.0.0.1. It ends with this process, also when that is killed. */
export async function startInfluxdb({
  folder: given,
  setUp = setUpOrg,
}: InfluxdbOptions = {}): Promise<Influxdb> {
  const binary = findServer('influxd')
  if (!binary) throw new Error('the server influxd is missing')
  const folder = given ?? mkdtempSync(join(tmpdir(), 'etcdmonitor-influxdb-'))
  const [port = 0] = await freePorts(1)
  const url = `http://127.0.0.1:${port}`
  let child: Child | undefined

  const kill = async () => {
    await child?.kill()
    child = undefined
  }
  const restart = async () => {
    await kill()
    child = await startChild({
      command: binary,
      args: [
        ...['--http-bind-address', `127.0.0.1:${port}`, '--reporting-disabled', '--log-level', 'error'],
        ...['--bolt-path', join(folder, 'influxd.bolt'), '--sqlite-path', join(folder, 'influxd.sqlite')],
        ...['--engine-path', join(folder, 'engine')],
      ],
      env: { PATH: process.env.PATH, HOME: folder },
      cwd: folder,
    })
    await untilHealthy(url, child)
  }
  const dispose = async () => {
    await kill()
    if (given === undefined) rmSync(folder, { recursive: true, force: true })
  }

  try {
    await restart()
    const access = await setUp(url)
    return {
      ...access,
      kill,
      hang: () => child?.hang(),
      resume: () => child?.resume(),
      restart,
      [Symbol.asyncDispose]: dispose,
    }
  } catch (error) {
    await dispose()
    throw error
  }
}

/** Makes a bucket, and the tokens that the product may have for it. */
export async function makeBucket(
  access: InfluxAccess,
  { retentionSeconds = 0, name = `bucket-${randomBytes(6).toString('hex')}` }: BucketOptions = {},
): Promise<InfluxBucket> {
  const { orgId } = access
  const retentionRules = [{ type: 'expire', everySeconds: retentionSeconds }]
  const { id } = (await influxCall(access, '/api/v2/buckets', { orgID: orgId, name, retentionRules })) as {
    readonly id: string
  }
  const resource = { type: 'buckets', id, orgID: orgId }
  const [writeToken, readToken] = await Promise.all(
    [['read', 'write'], ['read']].map((actions) => makeToken(access, actions, resource)),
  )
  return { name, id, writeToken: writeToken ?? '', readToken: readToken ?? '' }
}

/** A token with these rights to one thing, or to all things of a kind. */
export async function makeToken(
  access: InfluxAccess,
  actions: readonly string[],
  resource: { readonly type: string; readonly id?: string; readonly orgID?: string },
): Promise<string> {
  const permissions = actions.map((action) => ({ action, resource }))
  const answer = await influxCall(access, '/api/v2/authorizations', { orgID: access.orgId, permissions })
  return (answer as { readonly token: string }).token
}

/** GET, or POST of JSON, with all rights. @returns the parsed answer @throws Error unless the answer is a good one */
export async function influxCall(
  { url, operatorToken }: Pick<InfluxAccess, 'url' | 'operatorToken'>,
  path: string,
  json?: unknown,
): Promise<unknown> {
  const response = await fetch(`${url}${path}`, {
    method: json === undefined ? 'GET' : 'POST',
    headers: { authorization: `Token ${operatorToken}`, 'content-type': 'application/json' },
    signal: AbortSignal.timeout(DEADLINE),
    redirect: 'error',
    ...(json !== undefined && { body: JSON.stringify(json) }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text.slice(0, LOG_SHOWN)}`)
  return JSON.parse(text)
}

/** A server takes this once, while its data is empty. */
async function setUpOrg(url: string): Promise<InfluxAccess> {
  const operatorToken = randomBytes(24).toString('hex')
  const org = 'org'
  const answer = await influxCall({ url, operatorToken }, '/api/v2/setup', {
    username: 'operator',
    password: randomBytes(12).toString('hex'),
    org,
    bucket: 'first',
    token: operatorToken,
  })
  const { org: made } = answer as { readonly org: { readonly id: string } }
  return { url, org, orgId: made.id, operatorToken }
}

async function untilHealthy(url: string, child: Child): Promise<void> {
  let hasEnded = false
  void child.exited.then(() => {
    hasEnded = true
  })
  for (const end = performance.now() + READY_LIMIT; !(await isHealthy(url)); await sleep(INTERVAL))
    if (hasEnded || performance.now() > end)
      throw new Error(`influxd does not answer; its log ends:\n${child.logs().slice(-LOG_SHOWN)}`)
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`, { signal: AbortSignal.timeout(DEADLINE), redirect: 'error' })).ok
  } catch {
    return false // not listening yet
  }
}
