import type { ClusterRecord, MemberList } from '@etcdmonitor/core/etcd/cluster-record'
import { probeTargets } from '@etcdmonitor/core/etcd/member-urls'
import type { Clock } from '@etcdmonitor/core/time'
import { ClusterClient, type IMemberListResponse } from 'etcd3'
import type { Cluster } from '../cluster.ts'
import type { CallBudget } from '../connection/call-budget.ts'
import { callError } from '../connection/call-error.ts'
import { decodeMembers } from './decode-member.ts'

export interface ListReading {
  readonly cluster: Cluster
  /** What is known when the list is read. */
  readonly record: ClusterRecord
  /** Answered just now: asked first, for what others said may be of before they hung. */
  readonly first: string
  readonly budget: CallBudget
  readonly clock: Pick<Clock, 'now'>
}

/** The member list of the first candidate that has one. @throws EtcdCallError of the last one tried */
export function readMemberList({ cluster, record, first, budget, clock }: ListReading): Promise<MemberList> {
  const candidates = [...new Set([first, ...listCandidates(record)])]
  return cluster.read(candidates, budget, async (client, url) => {
    const answer = await new ClusterClient(client).memberList({ linearizable: false })
    return { ...decodeList(answer, url, record), at: clock.now() }
  })
}

/** @throws EtcdCallError when the answer is no list of the cluster that is known */
function decodeList(
  { header, members }: IMemberListResponse,
  url: string,
  { clusterId: known }: ClusterRecord,
): Omit<MemberList, 'at'> {
  const context = { endpoint: url, method: 'Cluster.MemberList', sent: true }
  const { cluster_id: clusterId = '0' } = header ?? {} // what imitates etcd may leave it out
  const list = decodeMembers(members)
  if (clusterId === '0' || list.length === 0)
    throw callError('not_etcd', context, 'its list names no cluster, or nobody')
  if (known !== undefined && known !== clusterId)
    throw callError('wrong_cluster', context, `lists cluster ${clusterId}, not ${known}`)
  return { clusterId, members: list }
}

/** Who answered lately and is no learner, for learners have no list; who refuses Status alone comes last. */
function listCandidates(record: ClusterRecord): readonly string[] {
  const { urls, statuses } = record
  const isVoter = (url: string) => !statuses.get(urls.get(url)?.memberId ?? '')?.isLearner
  const asked = probeTargets(record).filter((url) => urls.has(url) && isVoter(url))
  const answering = asked.filter((url) => urls.get(url)?.failure === undefined)
  return [...answering, ...asked.filter((url) => urls.get(url)?.failure?.kind === 'permission_denied')]
}
