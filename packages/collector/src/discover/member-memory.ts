import { AppError } from '@etcdmonitor/core/errors'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { MetricsWriter } from '@etcdmonitor/core/ports/metrics-store'
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

/**
 * Gives a function that keeps descriptions of members and the memory of the cluster in the store as they are now; it writes what
 * changed since its last call that worked. A store that is away is no error: its next call tries again.
 */
export function keepDescribed({
  writer,
  notes,
}: {
  readonly writer: Pick<MetricsWriter, 'describe' | 'remember'>
  readonly notes: Pick<MemberNotes, 'infoOf'>
}) {
  const described = new Map<string, string>()
  let remembered = ''

  return async ({ clusterId, members }: Targets): Promise<void> => {
    const infos = members.flatMap(({ memberId }) => notes.infoOf(memberId) ?? [])
    const changed = infos.filter((info) => described.get(info.memberId) !== JSON.stringify(info))
    const text = encodeKnownCluster({ clusterId, members: infos })
    try {
      if (changed.length > 0) await writer.describe(clusterId, changed)
      for (const info of changed) described.set(info.memberId, JSON.stringify(info))
      if (text !== remembered) await writer.remember(KEY, text)
      remembered = text
    } catch (error) {
      if (!(error instanceof AppError)) throw error // the append that failed as well has said so
    }
  }
}
