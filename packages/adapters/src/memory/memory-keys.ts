import { AppError } from '@etcdmonitor/core/errors'
import type { MemberId, Revision } from '@etcdmonitor/core/etcd/member'
import { compareBytes } from '@etcdmonitor/core/keys/bytes'
import type { KeyEntry, KeyRange, LeaseId } from '@etcdmonitor/core/keys/key-entry'
import { isInRange, isWithin, mergeRanges } from '@etcdmonitor/core/keys/key-range'
import type { CallOptions } from '@etcdmonitor/core/ports/call-options'
import type { EtcdKeys, KeyGrants, PutChange, RangeQuery } from '@etcdmonitor/core/ports/etcd-keys'
import type { Clock } from '@etcdmonitor/core/time'

export interface MemoryKeysOptions {
  readonly clock: Pick<Clock, 'monotonic'>
  /** Resolves with the member that answers. @throws what a call of this kind fails with now */
  readonly ask: (call: AskedOfAnybody, options?: CallOptions) => Promise<MemberId>
}

export interface AskedOfAnybody {
  readonly method: 'range' | 'put' | 'remove' | 'leaseSeconds'
  readonly needsLeader: boolean
  readonly isChange?: boolean
}

export interface MemoryKeys extends EtcdKeys {
  head(): Revision
  /** `"0"` where nothing was compacted. */
  compacted(): Revision
  /** Older revisions cannot be read any more. @throws AppError `revision_compacted`, `revision_in_future` */
  compactTo(revision: Revision): void
  /** Ranges outside are refused; undefined: nothing is. */
  setGrants(grants: KeyGrants | undefined): void
}

/** A state of a key; without a value it was deleted. */
interface Version {
  readonly at: number
  readonly created: number
  readonly version: number
  readonly value?: Uint8Array
  readonly leaseId?: LeaseId
}

interface History {
  readonly key: Uint8Array
  readonly versions: Version[]
}

const BATCH = 2_000

/** Keys as etcd keeps them: every change is a revision, and old ones can be read until they are compacted. */
export function memoryKeys({ clock, ask }: MemoryKeysOptions): MemoryKeys {
  const histories: History[] = []
  const leases = new Map<LeaseId, number>()
  let head = 1
  let compacted = 0
  let nextLease = 9_007_199_254_740_993n
  let allowed: KeyGrants | undefined

  const now = ({ versions }: History): Version | undefined => versions.at(-1)
  const stateAt = ({ versions }: History, revision: number) => versions.findLast(({ at }) => at <= revision)

  function find(key: Uint8Array): { readonly at: number; readonly history: History | undefined } {
    let low = 0
    let high = histories.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (compareBytes(histories[middle]?.key ?? key, key) < 0) low = middle + 1
      else high = middle
    }
    const found = histories[low]
    return { at: low, history: found && compareBytes(found.key, key) === 0 ? found : undefined }
  }

  function write(key: Uint8Array, value: Uint8Array, leaseId: LeaseId | undefined, at: number): History {
    const { at: place, history = { key: key.slice(), versions: [] } } = find(key)
    if (history.versions.length === 0) histories.splice(place, 0, history)
    const before = now(history)
    const isNew = before?.value === undefined
    history.versions.push({
      at,
      created: isNew ? at : before.created,
      version: isNew ? 1 : before.version + 1,
      value: value.slice(),
      ...(leaseId !== undefined && { leaseId }),
    })
    return history
  }

  const live = (range: KeyRange): History[] =>
    histories.filter((one) => isInRange(one.key, range) && now(one)?.value !== undefined)

  function erase(found: readonly History[]): number {
    if (found.length > 0) head += 1
    for (const { versions } of found) versions.push({ at: head, created: 0, version: 0 })
    return found.length
  }

  function expire(): void {
    for (const [id, end] of leases) {
      if (clock.monotonic() < end) continue
      leases.delete(id)
      erase(histories.filter((one) => now(one)?.leaseId === id))
    }
  }

  function refuse(ranges: readonly KeyRange[], granted: readonly KeyRange[] | undefined): void {
    if (granted && !ranges.every((range) => isWithin(range, mergeRanges(granted))))
      throw new AppError('permission_denied', 'the etcd user of this console may not do that with these keys')
  }

  const toEntry = ({ key }: History, state: Version, values: boolean): KeyEntry => ({
    key,
    createRevision: String(state.created),
    modRevision: String(state.at),
    keyVersion: String(state.version),
    ...(state.leaseId !== undefined && { leaseId: state.leaseId }),
    ...(values && { value: state.value ?? new Uint8Array() }),
  })

  function read({ values, revision, limit, ...range }: RangeQuery) {
    refuse([range], allowed?.read)
    const at = revision === undefined ? head : Number(revision)
    if (at < compacted) throw new AppError('revision_compacted', 'this revision was compacted')
    if (at > head) throw new AppError('revision_in_future', 'this revision is not reached yet')
    const found = histories.flatMap((history) => {
      const state = isInRange(history.key, range) ? stateAt(history, at) : undefined
      return state?.value === undefined ? [] : [{ history, state }]
    })
    const shown = found.slice(0, limit).map(({ history, state }) => toEntry(history, state, values))
    return { entries: shown, revision: at, count: found.length, more: shown.length < found.length }
  }

  async function range(query: RangeQuery, options?: CallOptions) {
    const memberId = await ask({ method: 'range', needsLeader: !query.serializable }, options)
    expire()
    const page = read(query)
    return { ...page, memberId, revision: String(query.revision === undefined ? page.revision : head) }
  }

  function checkModRevision(key: Uint8Array, wanted: Revision | undefined): void {
    const { history } = find(key)
    const state = history && now(history)
    const current = state?.value === undefined ? '0' : String(state.at)
    if (wanted !== undefined && wanted !== current)
      throw new AppError('revision_conflict', `the key is at revision ${current}`, {
        details: { current_revision: current },
      })
  }

  function leaseOf({ key, lease }: PutChange): LeaseId | undefined {
    const { history } = find(key)
    if (lease === 'none') return undefined
    if (lease === 'keep') return history && now(history)?.leaseId
    nextLease += 1n
    leases.set(String(nextLease), clock.monotonic() + lease.grantSeconds * 1_000)
    return String(nextLease)
  }

  return {
    range,
    async *scan({ values, revision, ...bounds }, options) {
      const query = { ...bounds, values, revision, limit: Number.POSITIVE_INFINITY, serializable: true }
      const page = await range(query, options)
      for (let at = 0; at < Math.max(1, page.entries.length); at += BATCH) {
        options?.signal?.throwIfAborted()
        const entries = page.entries.slice(at, at + BATCH)
        const more = at + BATCH < page.entries.length
        yield { entries, more, memberId: page.memberId, revision: revision ?? page.revision }
      }
    },
    async put(change, options) {
      const { key, value, lease, ifModRevision } = change
      await ask({ method: 'put', needsLeader: true, isChange: true }, options)
      expire()
      refuse([{ from: key, to: Uint8Array.from([...key, 0]) }], allowed?.write)
      checkModRevision(key, ifModRevision)
      const leaseId = leaseOf(change)
      head += 1
      const history = write(key, value, leaseId, head)
      const state = now(history)
      if (!state) throw new Error('a key that was just written has a state')
      const granted = typeof lease === 'object' && { grantedSeconds: lease.grantSeconds }
      return {
        entry: toEntry(history, state, true),
        revision: String(head),
        created: state.version === 1,
        ...granted,
      }
    },
    async remove({ ranges, ifModRevision, ifUnchangedSince }, options) {
      await ask({ method: 'remove', needsLeader: true, isChange: true }, options)
      expire()
      refuse(ranges, allowed?.write)
      if (ranges[0]) checkModRevision(ranges[0].from, ifModRevision)
      const found = ranges.flatMap(live)
      const isChanged = found.some((one) => (now(one)?.at ?? 0) > Number(ifUnchangedSince))
      if (ifUnchangedSince !== undefined && isChanged)
        throw new AppError('revision_conflict', 'keys were changed meanwhile', {
          details: { count: found.length },
        })
      return { deleted: erase(found), revision: String(head) }
    },
    grants: async () => allowed,
    async leaseSeconds(ids, options) {
      await ask({ method: 'leaseSeconds', needsLeader: true }, options)
      expire()
      return new Map(
        ids.flatMap((id) => {
          const end = leases.get(id)
          return end === undefined ? [] : [[id, Math.floor((end - clock.monotonic()) / 1_000)]]
        }),
      )
    },
    head: () => String(head),
    compacted: () => String(compacted),
    compactTo(revision) {
      const target = Number(revision)
      if (target <= compacted) throw new AppError('revision_compacted', 'this revision was compacted')
      if (target > head) throw new AppError('revision_in_future', 'this revision is not reached yet')
      compacted = target
    },
    setGrants(grants) {
      allowed = grants
    },
  }
}
