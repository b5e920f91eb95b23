import { AppError } from '@etcdmonitor/core/errors'
import type { Revision } from '@etcdmonitor/core/etcd/member'
import type { KeyRange } from '@etcdmonitor/core/keys/key-entry'
import { afterKey, prefixRange } from '@etcdmonitor/core/keys/key-range'
import type { EtcdKeys } from '@etcdmonitor/core/ports/etcd-keys'
import type { Directory } from './key-query.ts'

/** More at once would hold up every write of the cluster for too long. */
export const MAX_REMOVED = 100_000
/** Of more keys, and of the root, the caller says how many there are. */
const MAX_UNCONFIRMED = 1_000

/** What a directory delete is about: keys in these ranges, counted at one revision. */
export interface Removable {
  /** In byte order. */
  readonly ranges: readonly KeyRange[]
  readonly count: number
  readonly revision: Revision
}

type Reader = Pick<EtcdKeys, 'range' | 'scan'>

/** The node itself, unless only what is below its prefix is meant, and all below it. */
export const toRanges = ({ id, prefix }: Directory, withNode: boolean): readonly KeyRange[] => [
  ...(withNode && id.length > 0 ? [{ from: id, to: afterKey(id) }] : []),
  prefixRange(prefix),
]

/** By linearizable reads, the later ones at the revision of the first. */
export async function countKeys(
  etcd: Reader,
  ranges: readonly KeyRange[],
  deadline: number,
): Promise<Removable> {
  let revision: Revision | undefined
  let count = 0
  for (const range of ranges) {
    const query = { ...range, limit: 0, values: false, revision, serializable: false }
    const page = await etcd.range(query, { deadline })
    revision ??= page.revision
    count += page.count
  }
  return { ranges, count, revision: revision ?? '0' }
}

interface Confirmation {
  readonly isRoot: boolean
  readonly expected: number | undefined
  readonly limit: number | undefined
}

/** @throws AppError `confirmation_required` */
export function confirmCount(count: number, { isRoot, expected }: Omit<Confirmation, 'limit'>): void {
  const isNeeded = isRoot || count > MAX_UNCONFIRMED
  if (expected === undefined ? isNeeded : expected !== count) throw unconfirmed(count, expected)
}

/** @throws AppError `confirmation_required`, `too_many_keys` */
export function confirm({ count }: Removable, { limit, ...confirmation }: Confirmation): void {
  confirmCount(count, confirmation)
  if (count > MAX_REMOVED && limit === undefined)
    throw new AppError('too_many_keys', `${count} keys are more than ${MAX_REMOVED}: delete them in parts`, {
      details: { count, max: MAX_REMOVED },
    })
}

export function unconfirmed(count: number, expected?: number): AppError {
  const text =
    expected === undefined
      ? `there are ${count} keys: confirm their number`
      : `there are ${count} keys, not ${expected}`
  return new AppError('confirmation_required', text, {
    details: { count, ...(expected !== undefined && { expected_count: expected }) },
  })
}

/** The ranges up to the key behind the first `limit` ones. */
export async function firstPart(
  etcd: Reader,
  { ranges, revision, count }: Removable,
  { limit, deadline }: { readonly limit: number; readonly deadline: number },
): Promise<readonly KeyRange[]> {
  if (count <= limit) return ranges
  let left = limit
  const part: KeyRange[] = []
  for (const range of ranges) {
    const end = await keyBehind(etcd.scan({ ...range, values: false, revision }, { deadline }), left)
    part.push({ from: range.from, to: end.key ?? range.to })
    left -= end.passed
    if (end.key) break
  }
  return part
}

async function keyBehind(
  scan: ReturnType<EtcdKeys['scan']>,
  limit: number,
): Promise<{ readonly passed: number; readonly key?: Uint8Array }> {
  let passed = 0
  for await (const { entries } of scan) {
    const behind = entries[limit - passed]
    if (behind) return { passed: limit, key: behind.key.slice() }
    passed += entries.length
  }
  return { passed }
}
