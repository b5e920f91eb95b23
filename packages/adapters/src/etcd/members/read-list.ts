import type { ClusterRecord, MemberList } from '@etcdmonitor/core/etcd/cluster-record'
import { probeTargets } from '@etcdmonitor/core/etcd/member-urls'
import type { Clock } from '@etcdmonitor/core/time'
import { ClusterClient, type ICallable, type IMemberListResponse } from 'etcd3'
import type { Cluster } from '../cluster.ts'
import type { CallBudget } from '../connection/call-budget.ts'
import { callError, EtcdCallError } from '../connection/call-error.ts'
import { decodeMembers } from './decode-member.ts'

export interface ListReading {
  readonly cluster: Cluster
  /** What is known when the list is read. */
  readonly record: ClusterRecord
  /** Answered just now: asked first, for what others said may be of before they hung. */
  readonly first: string
  readonly budget: CallBudget
  /** Told of each list that was read whether it is that of a member. */
  readonly onList: (url: string, isOfMember: boolean) => void
  readonly clock: Pick<Clock, 'now'>
}

/** The member list of the first candidate that has one. @throws EtcdCallError of the last one tried */
export function readMemberList(reading: ListReading): Promise<MemberList> {
  const { cluster, record, first, budget, clock, onList } = reading
  const candidates = [...new Set([first, ...listCandidates(record)])]
  return cluster.read(candidates, budget, async (client, url) => {
    const answer = await askForList(client)
    if (answer?.members.length !== 0) onList(url, answer !== undefined && hasItself(answer)) // an empty list tells nothing
    return { ...decodeList(answer, url, record), at: clock.now() }
  })
}

/** `undefined` where there is no such call. */
async function askForList(client: ICallable<string>): Promise<IMemberListResponse | undefined> {
  try {
    return await new ClusterClient(client).memberList({ linearizable: false })
  } catch (error) {
    if (error instanceof EtcdCallError && error.failure.kind === 'not_supported') return undefined
    throw error
  }
}

/** A member's list names itself; that of a proxy is of proxies. */
const hasItself = ({ header, members }: IMemberListResponse): boolean =>
  members.some(({ ID }) => ID !== '0' && ID === header?.member_id)

/** @throws EtcdCallError when the answer is no list of the cluster that is known */
function decodeList(
  answer: IMemberListResponse | undefined,
  url: string,
  { clusterId: known }: ClusterRecord,
): Omit<MemberList, 'at'> {
  const context = { endpoint: url, method: 'Cluster.MemberList', sent: true }
  if (!answer || !hasItself(answer)) throw callError('not_etcd', context, 'it stands in no list of members')
  const { header, members } = answer
  const { cluster_id: clusterId = '0' } = header ?? {} // what imitates etcd may leave it out
  const list = decodeMembers(members)
  if (clusterId === '0') throw callError('not_etcd', context, 'its list names no cluster')
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
