import { AppError } from '@etcdmonitor/core/errors'
import type { MemberId, Revision } from '@etcdmonitor/core/etcd/member'
import type { KeyRange } from '@etcdmonitor/core/keys/key-entry'
import { intersect, isWithin } from '@etcdmonitor/core/keys/key-range'
import type { ReadKeys } from '@etcdmonitor/core/keys/read-keys'
import { readWithin } from '@etcdmonitor/core/keys/read-within'
import type { EtcdKeys, KeyBatch } from '@etcdmonitor/core/ports/etcd-keys'

export interface ReadingOptions {
  readonly etcd: EtcdKeys
  /** Of one call to etcd, ms. */
  readonly deadline: number
  readonly signal?: AbortSignal
  /** All that will be read. */
  readonly range: KeyRange
  /** Absent: that of the first reply. */
  readonly revision: Revision | undefined
}

/** Reads of a range at one revision, of which our etcd user may see a part. */
export interface KeyReading {
  readonly read: ReadKeys
  /** False: our etcd user may not read all of it. */
  isVisible(range: KeyRange): boolean
  /** @throws AppError as the port */
  scan(range: KeyRange, values: boolean): AsyncIterable<KeyBatch>
  /** Of what was read: the revision, the member that answered last, and whether keys are out of sight. */
  facts(): { readonly revision: Revision; readonly memberId: MemberId; readonly isLimited: boolean }
}

/** Asks for grants first: etcd refuses any range that leaves them (etcd.md 8.8). */
export async function openReading({
  etcd,
  deadline,
  signal,
  range,
  revision,
}: ReadingOptions): Promise<KeyReading> {
  const options = { deadline, ...(signal && { signal }) }
  const grants = await etcd.grants({ deadline })
  // a range that meets no grant is asked for as it is: etcd's refusal says why
  const visible = (grants?.read ?? []).filter((grant) => intersect(grant, range))
  const isLimited = grants !== undefined && !isWithin(range, grants.read) && visible.length > 0
  let pinned = revision
  let memberId: MemberId = ''

  const note = (page: { readonly memberId: MemberId; readonly revision: Revision }) => {
    pinned ??= page.revision
    memberId = page.memberId
  }
  const readPlain: ReadKeys = async (part, limit) => {
    const query = { ...part, limit, values: false, revision: pinned, serializable: true }
    const page = await etcd.range(query, options)
    note(page)
    return page
  }

  return {
    read: isLimited ? readWithin(visible, readPlain) : readPlain,
    isVisible: (part) => grants === undefined || isWithin(part, grants.read),
    async *scan(part, values) {
      const pieces = isLimited ? visible.flatMap((grant) => intersect(part, grant) ?? []) : [part]
      for (const piece of pieces) {
        for await (const batch of etcd.scan({ ...piece, values, revision: pinned }, options)) {
          note(batch)
          yield batch
        }
      }
    },
    facts: () => ({ revision: pinned ?? '0', memberId, isLimited }),
  }
}

/**
 * Reads once more when a first page met a compaction before it was whole, or when etcd refused a range: our roles may have changed
 * since they were asked for.
 */
export async function readAgain<T>(isFirstPage: boolean, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const isStale = error.code === 'revision_compacted' && isFirstPage
    if (!isStale && error.code !== 'permission_denied') throw error
    return read()
  }
}
