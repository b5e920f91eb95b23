import type { ClusterView, MemberView } from '../etcd/cluster-view.ts'
import type { EtcdFailure } from '../etcd/failure.ts'
import type { MemberStatus } from '../etcd/member.ts'
import type { OperationFacts } from './operation-facts.ts'

/** What a member of a test says; sizes in MiB. */
export interface Said extends Partial<Omit<MemberStatus, 'dbSizeBytes' | 'dbSizeInUseBytes'>> {
  readonly id: string
  readonly sizeMib?: number
  readonly inUseMib?: number
  readonly failure?: EtcdFailure['kind']
}

const MIB = 1024 ** 2
const NOW = 1_790_000_000_000

const failureOf = (kind: EtcdFailure['kind']): EtcdFailure => ({
  kind,
  stage: kind === 'permission_denied' ? 'auth' : 'tcp',
  endpoint: 'http://10.0.0.1:2379',
  method: 'Maintenance.Status',
  grpcStatus: 'UNAVAILABLE',
  sent: false,
  message: 'connection refused',
})

function toMember({ id, sizeMib = 100, inUseMib = 50, failure, ...said }: Said): MemberView {
  const status: MemberStatus = {
    memberId: id,
    clusterId: '9',
    serverVersion: '3.5.21',
    dbSizeBytes: sizeMib * MIB,
    dbSizeInUseBytes: inUseMib * MIB,
    leaderId: '1',
    revision: '5000',
    raftTerm: '2',
    raftIndex: '9000',
    raftAppliedIndex: '9000',
    isLearner: false,
    errors: [],
    alarms: [],
    ...said,
  }
  const { isLearner } = status
  const known = {
    id,
    name: `m${id}`,
    clientUrls: [],
    peerUrls: [],
    isLearner,
    endpoint: `http://m${id}:2379`,
  }
  return {
    ...known,
    configuredIndex: -1,
    probedAt: NOW,
    status,
    ...(failure && { failure: failureOf(failure) }),
  }
}

/** A view of these members; `1` leads. */
export const viewOf = (members: readonly Said[], over: Partial<ClusterView> = {}): ClusterView => ({
  clusterId: '9',
  members: members.map(toMember),
  leaderId: '1',
  endpoints: [],
  listedAt: NOW,
  probedAt: NOW,
  stale: false,
  ...over,
})

/** Of a healthy cluster about which everything is known. */
export const factsOf = (members: readonly Said[], over: Partial<OperationFacts> = {}): OperationFacts => ({
  view: viewOf(members),
  quotas: new Map(members.map(({ id }) => [id, 2_048 * MIB])),
  defragmenting: new Set(),
  openReaders: new Set(),
  slowWatchers: new Set(),
  isKubernetes: false,
  compactsByItself: false,
  unchecked: [],
  lagEntries: 1_000,
  ...over,
})
