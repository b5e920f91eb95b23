import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/** One put of one key that nobody else writes; a writer sends it once, whatever becomes of it. */
export interface Write {
  readonly key: string
  readonly value: string
  /** Monotonic ms. */
  readonly sentAt: number
  /** When it was acknowledged, monotonic ms, and the revision that etcd gave it; absent: it never was. */
  readonly ackedAt?: number
  readonly revision?: string
}

export interface PutWriters {
  /** In the order in which they ended, so far. */
  readonly writes: readonly Write[]
  /** Ends them after the put in flight. */
  stop(): Promise<void>
}

export interface WrittenAs {
  /** Acknowledged, and not found as they were written. */
  readonly lost: readonly string[]
  /** Written more than once, by versions of the key. */
  readonly doubled: readonly string[]
}

const WRITERS = 12
/** Between two puts of one writer: the load of a cluster that is used, not a benchmark. */
const PAUSE = 10
const PAGE = 2_000
const DEADLINE = 30_000

/** Twelve writers, each at one member by etcd's own JSON gateway, which sends every put once. */
export function startPutWriters(endpoints: readonly string[], prefix: string): PutWriters {
  const stopping = new AbortController()
  const writes: Write[] = []
  const write = async (writer: number) => {
    const url = endpoints[writer % endpoints.length] ?? ''
    using gateway = openGateway(url)
    for (let number = 0; !stopping.signal.aborted; number += 1) {
      const key = `${prefix}${writer}/${String(number).padStart(6, '0')}`
      const value = `${key} ${crypto.randomUUID()}`
      const sentAt = performance.now()
      const header = await gateway.post<Put>('kv/put', { key: encode(key), value: encode(value) })
      const acked = header && { ackedAt: performance.now(), revision: header.header.revision }
      writes.push({ key, value, sentAt, ...acked })
      await sleep(PAUSE)
    }
  }
  const ended = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)))
  return {
    writes,
    async stop() {
      stopping.abort()
      await ended
    },
  }
}

/** Reads all keys of the writers anew: each value has to be there once, and only as acknowledged. */
export async function judgeWrites(url: string, prefix: string, writes: readonly Write[]): Promise<WrittenAs> {
  const found = await readAll(url, prefix)
  const isAsWritten = ({ key, value, revision }: Write): boolean => {
    const at = found.get(key)
    return at !== undefined && at.value === value && at.modRevision === revision
  }
  const lost = writes.filter((write) => write.revision !== undefined && !isAsWritten(write))
  const doubled = [...found].filter(([, { version }]) => version !== '1')
  return { lost: lost.map(({ key }) => key), doubled: doubled.map(([key]) => key) }
}

export interface Gaps {
  /** For so long no writer at all was told that a write is done, ms. */
  readonly longestMs: number
  /** What a single acknowledged write took at most, ms. */
  readonly slowestMs: number
  readonly acknowledged: number
  readonly failed: number
}

export function measureGaps(writes: readonly Write[]): Gaps {
  const acked = writes.filter((write) => write.ackedAt !== undefined)
  const times = acked.map(({ ackedAt = 0 }) => ackedAt).toSorted((a, b) => a - b)
  const gaps = times.slice(1).map((at, before) => at - (times[before] ?? at))
  const took = acked.map(({ sentAt, ackedAt = 0 }) => ackedAt - sentAt)
  return {
    longestMs: Math.round(gaps.reduce((most, one) => Math.max(most, one), 0)),
    slowestMs: Math.round(took.reduce((most, one) => Math.max(most, one), 0)),
    acknowledged: acked.length,
    failed: writes.length - acked.length,
  }
}

/** Writes that were acknowledged within a span of Unix ms. */
export const countAcknowledged = (
  writes: readonly Write[],
  { from, to }: { readonly from: number; readonly to: number },
): number =>
  writes.filter(({ ackedAt }) => {
    const at = ackedAt === undefined ? Number.NaN : performance.timeOrigin + ackedAt
    return at >= from && at <= to
  }).length

interface Put {
  readonly header: { readonly revision: string }
}

interface Range {
  readonly more?: boolean
  readonly kvs?: readonly {
    readonly key: string
    readonly value: string
    readonly version: string
    readonly mod_revision: string
  }[]
}

interface Found {
  readonly value: string
  readonly version: string
  readonly modRevision: string
}

async function readAll(url: string, prefix: string): Promise<ReadonlyMap<string, Found>> {
  using gateway = openGateway(url)
  const end = encode(`${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`)
  const found = new Map<string, Found>()
  for (let from = prefix; ; ) {
    const page = await gateway.post<Range>('kv/range', { key: encode(from), range_end: end, limit: PAGE })
    if (!page) throw new Error(`${url} does not answer a range`)
    for (const { key, value, version, mod_revision: modRevision } of page.kvs ?? [])
      found.set(decode(key), { value: decode(value), version, modRevision })
    if (!page.more) return found
    from = `${[...found.keys()].at(-1)}\0`
  }
}

/** One connection that stays. `post` gives nothing where etcd refused, or did not answer in time. */
function openGateway(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return {
    post<T>(path: string, body: object): Promise<T | undefined> {
      const { promise, resolve } = Promise.withResolvers<T | undefined>()
      const signal = AbortSignal.timeout(DEADLINE)
      const call = request(`${url}/v3/${path}`, { method: 'POST', agent, signal }, (answer) => {
        text(answer).then(
          (json) => resolve(answer.statusCode === 200 ? (JSON.parse(json) as T) : undefined),
          () => resolve(undefined),
        )
      })
      call.once('error', () => resolve(undefined))
      call.end(JSON.stringify(body))
      return promise
    },
    [Symbol.dispose]: () => agent.destroy(),
  }
}

const encode = (value: string): string => Buffer.from(value).toString('base64')
const decode = (value: string): string => Buffer.from(value, 'base64').toString()
