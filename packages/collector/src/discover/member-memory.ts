import { AppError } from '@etcdmonitor/core/errors'
import type { DataPosition, DataReset } from '@etcdmonitor/core/etcd/data-reset'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { MetricsWriter } from '@etcdmonitor/core/ports/metrics-store'
import type { Clock } from '@etcdmonitor/core/time'
import type { MemberNotes } from '../scrape/member-notes.ts'
import { decodeKnownCluster, encodeKnownCluster, type KnownCluster } from './known-cluster.ts'
import type { Targets } from './pick-targets.ts'

const KEY = 'cluster'

/** The cluster of the last run; undefined when there was none, or the store does not say. */
export async function recallCluster({
  writer,
  log,
}: {
  readonly writer: Pick<MetricsWriter, 'recall'>
  readonly log: Log
}): Promise<KnownCluster | undefined> {
  try {
    const text = await writer.recall(KEY)
    return text === undefined ? undefined : decodeKnownCluster(text)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    log.warn('recall_failed', { error })
    return undefined
  }
}

/** A position only grows, and an old one shows a reset as well: it is not worth a write a tick. */
const POSITION_EVERY = 600_000

export interface KeepOptions {
  readonly writer: Pick<MetricsWriter, 'describe' | 'remember'>
  readonly notes: Pick<MemberNotes, 'infoOf'>
  readonly clock: Pick<Clock, 'monotonic'>
}

/** What is remembered of a cluster beside its members. */
export interface Remembered {
  readonly data: DataPosition | undefined
  readonly reset: DataReset | undefined
  readonly isHolding: boolean
}

/**
 * Gives a function that keeps descriptions of members and the memory of the cluster in the store as they are now; it writes what
 * changed since its last call that worked, how far the data has come every ten minutes. A store that is away is no error: its next call
 * tries again.
 */
export function keepDescribed({ writer, notes, clock }: KeepOptions) {
  const described = new Map<string, string>()
  let remembered: { readonly cluster: string; readonly position: string; readonly at: number } | undefined

  return async ({ clusterId, members }: Targets, { data, reset, isHolding }: Remembered): Promise<void> => {
    for (const id of described.keys())
      if (!members.some(({ memberId }) => memberId === id)) described.delete(id)
    const infos = members
      .flatMap(({ memberId }) => notes.infoOf(memberId) ?? [])
      .map((info) => ({ ...info, ...(reset && { dataReset: reset }) }))
    const changed = infos.filter((info) => described.get(info.memberId) !== JSON.stringify(info))
    const known = { clusterId, members: infos, ...(reset && { reset }), isHolding }
    const next = {
      cluster: encodeKnownCluster(known),
      position: JSON.stringify(data) ?? '',
      at: clock.monotonic(),
    }
    try {
      if (changed.length > 0) await writer.describe(clusterId, changed)
      for (const info of changed) described.set(info.memberId, JSON.stringify(info))
      if (!isDue(next)) return
      await writer.remember(KEY, encodeKnownCluster({ ...known, ...(data && { data }) }))
      remembered = next
    } catch (error) {
      if (!(error instanceof AppError)) throw error // the append that failed as well has said so
    }
  }

  function isDue({ cluster, position, at }: NonNullable<typeof remembered>): boolean {
    if (cluster !== remembered?.cluster) return true
    return position !== remembered.position && at - remembered.at >= POSITION_EVERY
  }
}
