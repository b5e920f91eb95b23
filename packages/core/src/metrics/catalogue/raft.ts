import { computed, counter, gauge, histogram, increase, inSection, rate } from './entries.ts'

/** API versions that clients call themselves by, and who they are. */
const CLIENTS: readonly (readonly [version: string, whose: string])[] = [
  ...'2.0 3.0 3.1 3.2 3.3 3.4 3.5 3.6 3.7 3.8'
    .split(' ')
    .map((version) => [version, `of clients of API version ${version}`] as const),
  ['unknown', 'of clients that sent no API version'],
  ['other', 'of clients with any other version text'],
]
const DRAWN_CLIENTS = ['3.4', '3.5', '3.6', 'unknown']

function requestsOf([version, whose]: (typeof CLIENTS)[number]) {
  const name = `etcd_server_client_requests_${version.replace('.', '')}`
  const extra = { where: { version }, ...(version === 'other' && { origin: 'new' as const }) }
  return [
    counter(name, 'client_requests', `Requests ${whose}.`, extra),
    rate(`${name}_rate`, 'client_requests', `Requests per second ${whose}.`, {
      ...extra,
      charts: DRAWN_CLIENTS.includes(version) ? ['chartServerHealth'] : [],
    }),
  ]
}

/** Raft and the server. */
export const RAFT = inSection('raft', [
  gauge('etcd_server_has_leader', 'has_leader', 'This member sees a leader.', {
    agg: 'min',
    charts: ['chartMemberState', 'cardLeader'],
    thresholds: [
      {
        scope: 'member',
        op: '==',
        window_s: 0,
        notice: { value: 0, for_s: 0 },
        warning: { value: 0, for_s: 30 },
        critical: { value: 0, for_s: 60 },
        mixin: [{ alert: 'etcdNoLeader', value: 0, for_s: 60, severity: 'critical' }],
        condition: '',
        why: 'no leader: no writes, no linearizable reads',
      },
    ],
  }),
  gauge('etcd_server_is_leader', 'is_leader', 'This member is the leader.', {
    agg: 'last',
    charts: ['chartMemberState', 'cardLeader'],
  }),
  gauge('etcd_server_is_learner', 'is_learner', 'This member is a learner (non-voting).', {
    agg: 'last',
    charts: ['chartMemberState', 'cardLeader'],
    origin: 'new',
    thresholds: [
      {
        scope: 'member',
        op: '==',
        window_s: 0,
        notice: { value: 1, for_s: 3600 },
        warning: { value: 1, for_s: 86400 },
        critical: null,
        mixin: null,
        condition: '',
        why: 'a learner that is never promoted does not add fault tolerance',
      },
    ],
  }),
  counter(
    'etcd_server_leader_changes_seen_total',
    'leader_changes',
    'Leader changes this process has seen.',
    { charts: ['cardLeaderChanges'] },
  ),
  rate('etcd_server_leader_changes_seen_total_rate', 'leader_changes', 'Leader changes per second.', {
    origin: 'new',
  }),
  increase(
    'etcd_server_leader_changes_seen_total_increase',
    'leader_changes',
    'Leader changes in the slot.',
    {
      charts: ['chartLeaderChanges', 'cardLeaderChanges'],
      origin: 'new',
      thresholds: [
        {
          scope: 'cluster',
          op: '>=',
          window_s: 900,
          notice: { value: 1, for_s: 0 },
          warning: { value: 3, for_s: 0 },
          critical: { value: 6, for_s: 0 },
          mixin: [{ alert: 'etcdHighNumberOfLeaderChanges', value: 4, for_s: 300, severity: 'warning' }],
          condition: '',
          why: 'elections are rare in a healthy cluster; largest value of the members, never their sum',
        },
      ],
    },
  ),
  counter(
    'etcd_server_proposals_committed_total',
    'proposals_committed',
    'Highest committed raft log position.',
  ),
  rate('etcd_server_proposals_committed_total_rate', 'proposals_committed', 'Entries committed per second.', {
    charts: ['chartRaftProposals'],
    origin: 'new',
  }),
  counter('etcd_server_proposals_applied_total', 'proposals_applied', 'Highest applied raft log position.'),
  rate('etcd_server_proposals_applied_total_rate', 'proposals_applied', 'Entries applied per second.', {
    charts: ['chartRaftProposals'],
    origin: 'new',
  }),
  gauge('etcd_server_proposals_pending', 'proposals_pending', 'Proposals waiting to be committed.', {
    charts: ['chartRaftProposals', 'cardPending'],
    thresholds: [
      {
        scope: 'member',
        op: '>',
        window_s: 0,
        notice: { value: 5, for_s: 120 },
        warning: { value: 100, for_s: 300 },
        critical: null,
        mixin: null,
        condition: '',
        why: 'a queue that does not drain',
      },
    ],
  }),
  counter('etcd_server_proposals_failed_total', 'proposals_failed', 'Failed proposals.'),
  rate('etcd_server_proposals_failed_rate', 'proposals_failed', 'Failed proposals per second.', {
    charts: ['chartRaftProposals', 'chartProposalFailedRate', 'cardFailedRate'],
    thresholds: [
      {
        scope: 'member',
        op: '>',
        window_s: 900,
        notice: { value: 0, for_s: 300 },
        warning: { value: 1, for_s: 900 },
        critical: { value: 5, for_s: 900 },
        mixin: [{ alert: 'etcdHighNumberOfFailedProposals', value: 5, for_s: 900, severity: 'warning' }],
        condition: '',
        why: '',
      },
    ],
  }),
  increase(
    'etcd_server_proposals_failed_total_increase',
    'proposals_failed',
    'Failed proposals in the slot.',
    { origin: 'new' },
  ),
  counter(
    'etcd_server_slow_apply_total',
    'slow_apply',
    'Applies slower than the warning limit of etcd (100 ms by default).',
  ),
  rate('etcd_server_slow_apply_total_rate', 'slow_apply', 'Slow applies per second.', { origin: 'new' }),
  increase('etcd_server_slow_apply_total_increase', 'slow_apply', 'Slow applies in the slot.', {
    charts: ['chartSlowOps'],
    origin: 'new',
    thresholds: [
      {
        scope: 'member',
        op: '>',
        window_s: 900,
        notice: { value: 0, for_s: 0 },
        warning: { value: 10, for_s: 0 },
        critical: null,
        mixin: null,
        condition: '',
        why: 'applies normally take < 50 ms; counted over 100 ms',
      },
    ],
  }),
  counter('etcd_server_slow_read_indexes_total', 'slow_read_indexes', 'Read indexes that were not in time.'),
  rate('etcd_server_slow_read_indexes_total_rate', 'slow_read_indexes', 'Slow read indexes per second.', {
    origin: 'new',
  }),
  increase(
    'etcd_server_slow_read_indexes_total_increase',
    'slow_read_indexes',
    'Slow read indexes in the slot.',
    { charts: ['chartSlowOps'], origin: 'new' },
  ),
  counter('etcd_server_read_indexes_failed_total', 'read_indexes_failed', 'Failed read indexes.'),
  rate(
    'etcd_server_read_indexes_failed_total_rate',
    'read_indexes_failed',
    'Failed read indexes per second.',
    { charts: ['chartServerHealth'] },
  ),
  increase(
    'etcd_server_read_indexes_failed_total_increase',
    'read_indexes_failed',
    'Failed read indexes in the slot.',
    { origin: 'new' },
  ),
  counter(
    'etcd_server_heartbeat_send_failures_total',
    'heartbeat_send_failures',
    'Heartbeats the leader failed to send in time (overload, slow disk).',
  ),
  rate(
    'etcd_server_heartbeat_send_failures_total_rate',
    'heartbeat_send_failures',
    'Late heartbeats per second.',
    { charts: ['chartServerHealth'] },
  ),
  increase(
    'etcd_server_heartbeat_send_failures_total_increase',
    'heartbeat_send_failures',
    'Late heartbeats in the slot.',
    {
      origin: 'new',
      thresholds: [
        {
          scope: 'member',
          op: '>',
          window_s: 900,
          notice: { value: 0, for_s: 0 },
          warning: { value: 10, for_s: 0 },
          critical: null,
          mixin: null,
          condition: '',
          why: 'the leader is overloaded or its disk is slow',
        },
      ],
    },
  ),
  counter(
    'etcd_server_client_requests_total',
    'client_requests',
    'Client requests of all versions and types.',
  ),
  rate('etcd_server_client_requests_total_rate', 'client_requests', 'Client requests per second.'),
  CLIENTS.flatMap(requestsOf),
  counter('etcd_server_health_failures', 'health_failures', 'Failed health checks.'),
  rate('etcd_server_health_failures_rate', 'health_failures', 'Failed health checks per second.', {
    charts: ['chartServerHealth'],
  }),
  increase('etcd_server_health_failures_increase', 'health_failures', 'Failed health checks in the slot.', {
    origin: 'new',
  }),
  counter('etcd_server_health_success', 'health_success', 'Successful health checks.'),
  rate('etcd_server_health_success_rate', 'health_success', 'Successful health checks per second.', {
    origin: 'new',
  }),
  gauge(
    'etcd_server_snapshot_apply_in_progress',
    'snapshot_apply',
    'This member is applying a snapshot from the leader.',
    { agg: 'max', origin: 'new', unit: 'bool' },
  ),
  histogram('etcd_server_apply_duration_seconds', 'apply_duration', 'Apply of one entry (etcd 3.5+)', {
    origin: 'new',
    charts: { p50: ['chartApplyDuration'], p99: ['chartApplyDuration'] },
    thresholds: [
      {
        scope: 'member',
        op: '>',
        window_s: 300,
        notice: { value: 0.05, for_s: 600 },
        warning: { value: 0.1, for_s: 600 },
        critical: null,
        mixin: null,
        condition: '',
        why: '',
      },
    ],
  }),
  histogram('etcd_server_range_duration_seconds', 'range_duration', 'Range execution (etcd 3.6+)', {
    origin: 'new',
    charts: { p99: ['chartApplyDuration'] },
  }),
  gauge('raft_term', 'raft_term', 'Raft term.', { agg: 'last', charts: ['cardRaftTerm'] }),
  counter('raft_index', 'raft_index', 'Committed raft index as Status reports it.', {
    charts: ['cardRaftIndex'],
  }),
  computed({
    name: 'raft_follower_lag',
    unit: 'count',
    kind: 'lag',
    source: ['raft_index'],
    derivation: 'max over members(raft_index) - raft_index',
    params: { op: 'behind_max' },
    help: 'Entries this member is behind the most advanced member at the same tick.',
    charts: ['chartRaftLag'],
    thresholds: [
      {
        scope: 'member',
        op: '>',
        window_s: 0,
        notice: { value: 1000, for_s: 300 },
        warning: { value: 5000, for_s: 300 },
        critical: null,
        mixin: null,
        condition: '',
        why: 'beyond 5000 entries a follower may need a snapshot',
      },
    ],
  }),
  counter('raft_applied_index', 'raft_applied_index', 'Applied raft index as Status reports it.', {
    origin: 'new',
  }),
  gauge(
    'etcd_status_errors',
    'status_errors',
    'Error texts in the Status answer, alarms and no leader left out.',
    { agg: 'max', origin: 'new' },
  ),
  gauge(
    'etcd_alarm_nospace',
    'alarm_nospace',
    'Active NOSPACE alarms of the cluster as this member reports them.',
    {
      agg: 'max',
      charts: ['chartMemberState'],
      origin: 'new',
      thresholds: [
        {
          scope: 'member',
          op: '>',
          window_s: 0,
          notice: null,
          warning: null,
          critical: { value: 0, for_s: 0 },
          mixin: null,
          condition: '',
          why: 'the cluster accepts only reads and deletes',
        },
      ],
    },
  ),
  gauge(
    'etcd_alarm_corrupt',
    'alarm_corrupt',
    'Active CORRUPT alarms of the cluster as this member reports them.',
    {
      agg: 'max',
      charts: ['chartMemberState'],
      origin: 'new',
      thresholds: [
        {
          scope: 'member',
          op: '>',
          window_s: 0,
          notice: null,
          warning: null,
          critical: { value: 0, for_s: 0 },
          mixin: null,
          condition: '',
          why: 'the data of members differ',
        },
      ],
    },
  ),
  computed({
    name: 'etcd_server_proposals_commit_apply_lag',
    unit: 'count',
    kind: 'lag',
    source: ['proposals_committed', 'proposals_applied'],
    derivation: 'max(0, proposals_committed - proposals_applied)',
    params: { op: 'difference' },
    help: 'Committed but not yet applied entries.',
    charts: ['chartProposalLag', 'cardLag'],
    origin: 'reference',
    thresholds: [
      {
        scope: 'member',
        op: '>',
        window_s: 0,
        notice: { value: 50, for_s: 120 },
        warning: { value: 1000, for_s: 120 },
        critical: { value: 5000, for_s: 60 },
        mixin: null,
        condition: '',
        why: 'etcd refuses requests ("too many requests") beyond 5000',
      },
    ],
  }),
  computed({
    name: 'raft_apply_lag',
    unit: 'count',
    kind: 'lag',
    source: ['raft_index', 'raft_applied_index'],
    derivation: 'max(0, raft_index - raft_applied_index)',
    params: { op: 'difference' },
    help: 'Entries this member has committed but not applied, from one Status answer.',
    charts: ['chartRaftLag'],
  }),
])
