import { toClusterView } from '@etcdmonitor/core/etcd/record-view'
import type { Cluster } from '../cluster.ts'
import type { CallBudget } from '../connection/call-budget.ts'
import type { LentToken } from '../connection/login.ts'
import type { Discovery } from './discovery.ts'

interface Lenders {
  readonly cluster: Pick<Cluster, 'member'>
  readonly discovery: Pick<Discovery, 'record'>
}

/** A token of the first voter that gives one, for a learner, which gives none but takes it (etcd.md 4.4). */
export async function borrowToken(
  { cluster, discovery }: Lenders,
  budget: CallBudget,
): Promise<LentToken | undefined> {
  const { members } = toClusterView(discovery.record())
  const voters = members.filter(
    ({ isLearner, endpoint, failure }) => !isLearner && endpoint !== '' && !failure,
  )
  for (const { endpoint } of voters) {
    const lent = await cluster.member(endpoint).lend(budget)
    if (lent) return lent
  }
  return undefined
}
