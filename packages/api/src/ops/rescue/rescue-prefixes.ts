import { AppError } from '@etcdmonitor/core/errors'
import { toBase64 } from '@etcdmonitor/core/keys/base64'
import { concatBytes } from '@etcdmonitor/core/keys/bytes'
import type { ReadKeys } from '@etcdmonitor/core/keys/read-keys'
import { showBytes, toText } from '@etcdmonitor/core/keys/show-key'
import { walkLevel } from '@etcdmonitor/core/keys/walk-level'
import type { ApiDeps } from '../../deps.ts'

const LIMIT = 10_000
const PER_LEVEL = 100
const WALKED = 3
const SHOWN = 10

export interface RescuePrefixes {
  /** Most keys first, of those that were walked. */
  readonly prefixes: readonly {
    readonly prefix: string
    /** Where it is no UTF-8. */
    readonly base64?: string
    readonly keys: number
    readonly percent: number
  }[]
  /** false: not every directory was looked at, of which one may be larger. */
  readonly isComplete: boolean
  /** false: keys could not be read, or not in time. */
  readonly isRead: boolean
}

interface Found {
  readonly id: Uint8Array
  readonly keys: number
}

/** Directories with most keys: those of the root, and what lies in the largest three of them; within 10 s. */
export async function readRescuePrefixes(
  { etcd, clock }: Pick<ApiDeps, 'etcd' | 'clock'>,
  separator: Uint8Array,
): Promise<RescuePrefixes> {
  const stop = new AbortController()
  const late = clock
    .sleep(LIMIT, stop.signal)
    .then(() => stop.abort(new AppError('etcd_timeout', 'too slow')))
  const read: ReadKeys = (range, limit) =>
    etcd.range(
      { ...range, limit, values: false, serializable: true },
      { signal: stop.signal, deadline: LIMIT },
    )
  const levelOf = async (prefix: Uint8Array): Promise<readonly Found[]> => {
    const { nodes, next } = await walkLevel({ prefix, separator, limit: PER_LEVEL, read })
    if (next) isComplete = false
    return nodes.flatMap(({ id, count }) => (count === undefined ? [] : [{ id, keys: count }]))
  }
  const found: Found[] = []
  let total = 0
  let isComplete = true
  let isRead = true
  try {
    total = (await read({ from: Uint8Array.of(0), to: new Uint8Array() }, 0)).count
    const roots = await levelOf(new Uint8Array())
    found.push(...roots)
    for (const { id } of byKeys(roots).slice(0, WALKED))
      found.push(...(await levelOf(concatBytes(id, separator))))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    isComplete = false
    isRead = false
  } finally {
    stop.abort()
    await late
  }
  return {
    prefixes: byKeys(found)
      .slice(0, SHOWN)
      .map((one) => toPrefix(one, separator, total)),
    isComplete,
    isRead,
  }
}

const byKeys = (found: readonly Found[]) => found.toSorted((a, b) => b.keys - a.keys)

function toPrefix({ id, keys }: Found, separator: Uint8Array, total: number) {
  const bytes = concatBytes(id, separator)
  return {
    prefix: showBytes(bytes),
    ...(toText(bytes) === undefined && { base64: toBase64(bytes) }),
    keys,
    percent: total > 0 ? Math.round((keys / total) * 1_000) / 10 : 0,
  }
}
