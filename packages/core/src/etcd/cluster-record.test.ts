import { describe, expect, it } from 'vitest'
import {
  type ClusterRecord,
  emptyRecord,
  type ProbeOutcome,
  withList,
  withoutList,
  withProbe,
} from './cluster-record.ts'
import { type EtcdFailureKind, stageOf } from './failure.ts'
import type { Member, MemberStatus } from './member.ts'
import { candidateUrls, isBalancer, probeTargets } from './member-urls.ts'
import { toClusterView } from './record-view.ts'

const A = '10276657743932975437'
const B = '6460912315094810421'
const C = '10530404295500278962'
const CLUSTER = '14841639068965178418'
const [ONE, TWO, THREE] = ['http://one:2379', 'http://two:2379', 'http://three:2379'] as const

const member = (id: string, name: string, ...clientUrls: string[]): Member => ({
  id,
  name,
  clientUrls,
  peerUrls: [`http://${name || 'new'}:2380`],
  isLearner: false,
})

const status = (memberId: string, more: Partial<MemberStatus> = {}): ProbeOutcome => ({
  status: {
    memberId,
    clusterId: CLUSTER,
    serverVersion: '3.4.23',
    dbSizeBytes: 1,
    dbSizeInUseBytes: 1,
    revision: '1',
    raftTerm: '2',
    raftIndex: '5',
    raftAppliedIndex: '5',
    isLearner: false,
    errors: [],
    alarms: [],
    leaderId: A,
    ...more,
  },
})

const failed = (kind: EtcdFailureKind): ProbeOutcome => ({
  failure: {
    kind,
    stage: stageOf(kind),
    endpoint: '',
    method: 'Maintenance.Status',
    grpcStatus: '',
    sent: false,
    message: kind,
  },
})

type Step = readonly [url: string, outcome: ProbeOutcome, at?: number]

const probed = (record: ClusterRecord, ...steps: readonly Step[]): ClusterRecord =>
  steps.reduce(
    (before, [url, outcome, at = 1_000]) => withProbe(before, { url, at, latencyMs: 1, outcome }),
    record,
  )

const listed = (record: ClusterRecord, ...members: Member[]): ClusterRecord =>
  withList(record, { clusterId: CLUSTER, members, at: 1_000 })

const viewOf = (record: ClusterRecord, id: string) =>
  toClusterView(record).members.find((one) => one.id === id)

describe('which URL reaches a member', () => {
  it('is the first configured endpoint that named it, before what it advertises', () => {
    const record = listed(
      probed(emptyRecord([ONE, TWO]), [ONE, status(A)], [TWO, status(A)]),
      member(A, 'a', THREE),
    )
    expect(viewOf(record, A)).toMatchObject({ endpoint: ONE, configuredIndex: 0 })
    expect(probeTargets(record)).toEqual([ONE, TWO])
  })

  it('is the first advertised one that named it, when no configured endpoint did', () => {
    const before = listed(
      probed(emptyRecord([ONE]), [ONE, status(A)]),
      member(A, 'a', ONE),
      member(B, 'b', TWO, THREE),
    )
    expect(probeTargets(before)).toEqual([ONE, TWO, THREE])
    expect(viewOf(before, B)).toMatchObject({ endpoint: '', configuredIndex: -1 })
    const after = probed(before, [TWO, failed('refused')], [THREE, status(B)])
    expect(viewOf(after, B)).toMatchObject({ endpoint: THREE, configuredIndex: -1 })
    expect(viewOf(after, B)?.failure).toBeUndefined()
    expect(probeTargets(after)).toEqual([ONE, THREE])
  })

  it('is kept while the member is silent, and looked for again after three failed probes in a row', () => {
    const b = member(B, 'b', TWO)
    const known = listed(probed(emptyRecord([ONE]), [ONE, status(B)]), b)
    const twice = probed(known, [ONE, failed('timeout')], [ONE, failed('timeout')])
    expect(candidateUrls(twice, b)).toEqual([ONE])
    const thrice = probed(twice, [ONE, failed('timeout')])
    expect(candidateUrls(thrice, b)).toEqual([ONE, TWO])
    expect(viewOf(thrice, B)).toMatchObject({ endpoint: ONE, failure: { kind: 'timeout' } })
    const found = probed(thrice, [TWO, status(B)])
    expect(viewOf(found, B)).toMatchObject({ endpoint: TWO, configuredIndex: 0 })
    expect(viewOf(probed(found, [ONE, status(B)]), B)?.endpoint).toBe(ONE)
  })

  it('D1 is none when nothing it advertises works, and the failure says what to configure', () => {
    const bad = 'http://0.0.0.0:2379'
    const record = probed(
      listed(probed(emptyRecord([ONE]), [ONE, status(A)]), member(A, 'a', ONE), member(B, 'b', bad)),
      [bad, failed('blocked_url')],
    )
    const seen = viewOf(record, B)
    expect(seen?.endpoint).toBe('')
    expect(seen?.failure).toMatchObject({ kind: 'blocked_url', stage: 'dns' })
    expect(seen?.failure?.advice).toBe(
      `advertises ${bad}, which cannot be reached from here: add an endpoint for it to etcd.endpoint`,
    )
  })

  it('asks for no endpoint where what it advertises is one', () => {
    const record = probed(
      listed(probed(emptyRecord([ONE, TWO]), [ONE, status(A)]), member(A, 'a', ONE), member(B, 'b', TWO)),
      [TWO, failed('timeout')],
    )
    const seen = viewOf(record, B)
    expect(seen?.failure).toMatchObject({ kind: 'timeout' })
    expect(seen?.failure?.advice).toBeUndefined()
  })

  it('is none when another member answers behind what it advertises', () => {
    const record = probed(
      listed(probed(emptyRecord([ONE]), [ONE, status(A)]), member(A, 'a'), member(B, 'b', TWO)),
      [TWO, status(A)],
    )
    expect(viewOf(record, B)?.failure).toMatchObject({ kind: 'wrong_member' })
  })

  it('O6 is none for a member that has not started', () => {
    const record = listed(probed(emptyRecord([ONE]), [ONE, status(A)]), member(A, 'a', ONE), member(B, ''))
    expect(viewOf(record, B)?.failure).toMatchObject({ stage: 'tcp', message: 'not started (peer new:2380)' })
  })
})

describe('balancers', () => {
  const members = [member(A, 'a', TWO), member(B, 'b', THREE)]

  it('ET19 are endpoints that named two listed members within ten minutes, and reach none', () => {
    const record = listed(
      probed(emptyRecord([ONE]), [ONE, status(A), 0], [ONE, status(B), 599_000]),
      ...members,
    )
    expect(isBalancer(record, ONE)).toBe(true)
    expect(toClusterView(record).endpoints[0]?.role).toBe('balancer')
    expect(viewOf(record, B)).toMatchObject({ endpoint: '', configuredIndex: -1 })
    expect(probeTargets(record)).toEqual([ONE, TWO, THREE])
  })

  it('are none any more when the other member was named long ago', () => {
    const record = listed(
      probed(emptyRecord([ONE]), [ONE, status(A), 0], [ONE, status(B), 600_001]),
      ...members,
    )
    expect(toClusterView(record).endpoints[0]).toMatchObject({ role: 'member', memberId: B })
  })

  it('are none when the other member has left the list', () => {
    const record = listed(probed(emptyRecord([ONE]), [ONE, status(C), 0], [ONE, status(B), 1]), ...members)
    expect(isBalancer(record, ONE)).toBe(false)
  })
})

describe('cluster identity', () => {
  it('ET20 is that of the first good answer; another one is wrong_cluster and enters nothing', () => {
    const record = probed(emptyRecord([ONE, TWO]), [ONE, status(A)], [TWO, status(B, { clusterId: '7' })])
    const view = toClusterView(record)
    expect(view.clusterId).toBe(CLUSTER)
    expect(view.members.map(({ id }) => id)).toEqual([A])
    expect(view.endpoints[1]).toMatchObject({
      role: 'unknown',
      failure: { kind: 'wrong_cluster', stage: 'ready' },
    })
    expect(view.endpoints[1]?.failure?.message).toBe(`belongs to cluster 7, not to ${CLUSTER}`)
  })

  it('refuses the list of another cluster, and an empty one', () => {
    const known = listed(probed(emptyRecord([ONE]), [ONE, status(A)]), member(A, 'a', ONE))
    const other = withList(known, { clusterId: '7', members: [member(B, 'b')], at: 2_000 })
    const empty = withList(known, { clusterId: CLUSTER, members: [], at: 2_000 })
    for (const record of [other, empty, withoutList(known)])
      expect(toClusterView(record)).toMatchObject({ stale: true, listedAt: 1_000, members: [{ id: A }] })
  })

  it('takes a name from who refuses its Status alone', () => {
    const denied = { ...failed('permission_denied'), memberId: A, clusterId: CLUSTER } as ProbeOutcome
    const view = toClusterView(listed(probed(emptyRecord([ONE]), [ONE, denied]), member(A, 'a', ONE)))
    expect(view.clusterId).toBe(CLUSTER)
    expect(view.members[0]).toMatchObject({
      endpoint: ONE,
      failure: { kind: 'permission_denied', stage: 'auth' },
    })
  })
})

describe('the view', () => {
  it('has nobody before anybody answered', () => {
    expect(toClusterView(emptyRecord([ONE]))).toEqual({
      members: [],
      endpoints: [{ url: ONE, role: 'unknown' }],
      stale: false,
    })
  })

  it('has who answered before the first list', () => {
    const view = toClusterView(probed(emptyRecord([ONE, TWO]), [ONE, status(A)], [TWO, failed('refused')]))
    expect(view.members).toMatchObject([{ id: A, name: '', endpoint: ONE }])
    expect(view.endpoints[1]?.failure?.kind).toBe('refused')
  })

  it('sorts by name, then by id as a number', () => {
    const record = listed(emptyRecord([ONE]), member('10', 'x'), member('9', 'x'), member(A, 'a'))
    expect(toClusterView(record).members.map(({ id }) => id)).toEqual([A, '9', '10'])
  })

  it('forgets members that left the list, and their URLs', () => {
    const both = listed(
      probed(emptyRecord([ONE]), [ONE, status(A)]),
      member(A, 'a', ONE),
      member(B, 'b', TWO),
    )
    const left = listed(probed(both, [TWO, status(B)]), member(A, 'a', ONE))
    expect(left.statuses.has(B)).toBe(false)
    expect(left.urls.has(TWO)).toBe(false)
    expect(toClusterView(left).members).toHaveLength(1)
  })

  it('takes the leader from the highest raft term among those that answer', () => {
    const two = [member(A, 'a', ONE), member(B, 'b', TWO)]
    const base = listed(emptyRecord([ONE, TWO]), ...two)
    const old = status(A, { raftTerm: '9', leaderId: A })
    const candidate: ProbeOutcome = status(B, { raftTerm: '10', leaderId: B })
    expect(toClusterView(probed(base, [ONE, old], [TWO, candidate])).leaderId).toBe(B)
    const silent = probed(base, [ONE, old], [TWO, candidate], [TWO, failed('refused')])
    expect(toClusterView(silent).leaderId).toBe(A)
    const allSilent = probed(silent, [ONE, failed('refused')])
    expect(toClusterView(allSilent).leaderId).toBe(B)
  })

  it('ET34 names no leader when who answers knows none, and shows that endpoint at the stage quorum', () => {
    const { leaderId: _, ...lost } = (status(B, { raftTerm: '3' }) as { status: MemberStatus }).status
    const record = probed(
      listed(emptyRecord([ONE, TWO]), member(A, 'a', ONE), member(B, 'b', TWO)),
      [ONE, status(A)],
      [ONE, failed('refused')],
      [TWO, { status: lost }],
    )
    const view = toClusterView(record)
    expect(view.leaderId).toBeUndefined()
    expect(view.endpoints[1]?.failure).toMatchObject({ kind: 'no_leader', stage: 'quorum', sent: true })
    expect(viewOf(record, B)?.failure).toBeUndefined()
  })

  it('names nobody the leader who says itself that there is none, though another has not been heard again yet', () => {
    const both = listed(emptyRecord([ONE, TWO]), member(A, 'a', ONE), member(B, 'b', TWO))
    const { leaderId: _, ...lost } = (status(A, { raftTerm: '3' }) as { status: MemberStatus }).status
    const before = probed(both, [ONE, status(A, { raftTerm: '3' })], [TWO, status(B, { raftTerm: '3' })])
    expect(toClusterView(before).leaderId).toBe(A)
    expect(toClusterView(probed(before, [ONE, { status: lost }])).leaderId).toBeUndefined()
    const elected = status(B, { raftTerm: '4', leaderId: A })
    expect(toClusterView(probed(before, [ONE, { status: lost }], [TWO, elected])).leaderId).toBe(A)
  })

  it('names no leader when those that can be reached refuse for want of one', () => {
    const both = listed(emptyRecord([ONE, TWO]), member(A, 'a', ONE), member(B, 'b', TWO))
    const before = probed(both, [ONE, status(A)], [TWO, status(B)])
    const lost = probed(before, [ONE, failed('proposal_dropped')], [TWO, failed('refused')])
    expect(toClusterView(lost).leaderId).toBeUndefined()
  })

  it('stays small whatever ids an endpoint claims', () => {
    const steps = Array.from({ length: 500 }, (_, index): Step => [ONE, status(String(index + 1)), index])
    expect(probed(emptyRecord([ONE]), ...steps).statuses.size).toBe(128)
  })
})
