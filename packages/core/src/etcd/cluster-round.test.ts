import { describe, expect, it } from 'vitest'
import { type ClusterRecord, emptyRecord, type ProbeOutcome, withList, withProbe } from './cluster-record.ts'
import { withRound } from './cluster-round.ts'
import { type EtcdFailureKind, stageOf } from './failure.ts'
import { toClusterView } from './record-view.ts'

const OLD = '14841639068965178418'
const NEW = '7'
const OTHER = '8'
const [ONE, TWO, THREE] = ['http://one:2379', 'http://two:2379', 'http://three:2379'] as const

const of = (clusterId: string, memberId = '1'): ProbeOutcome => ({
  status: {
    memberId,
    clusterId,
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

/** A record after rounds, in each of which the configured endpoints say what is given, in their order. */
const afterRounds = (...rounds: readonly (readonly ProbeOutcome[])[]): ClusterRecord =>
  rounds.reduce<ClusterRecord>(
    (record, outcomes, i) =>
      withRound(
        outcomes.reduce<ClusterRecord>(
          (before, outcome, n) =>
            withProbe(before, { url: [ONE, TWO, THREE][n] ?? '', at: i, latencyMs: 1, outcome }),
          record,
        ),
        i,
      ),
    emptyRecord([ONE, TWO, THREE]),
  )

const known = [of(OLD, '1'), of(OLD, '2'), of(OLD, '3')]
const silent = failed('refused')

describe('another cluster behind the configured endpoints', () => {
  it('F11 is adopted when two rounds in a row name it, and the old one is forgotten', () => {
    const once = afterRounds(known, [of(NEW), of(NEW), of(NEW)])
    expect(toClusterView(once)).toMatchObject({ clusterId: OLD, members: [{}, {}, {}] })
    expect(toClusterView(once).endpoints[0]?.failure).toMatchObject({ kind: 'wrong_cluster' })
    const twice = afterRounds(known, [of(NEW), of(NEW), of(NEW)], [of(NEW), of(NEW), of(NEW)])
    expect(toClusterView(twice)).toMatchObject({ clusterId: NEW, members: [], probedAt: 2 })
    expect(twice.urls.size).toBe(0)
    expect(withList(twice, { clusterId: OLD, members: [], at: 3 }).isListStale).toBe(true)
  })

  it.each([
    ['one still speaks for the old one', [of(NEW), of(OLD, '2'), silent]],
    ['two others are named', [of(NEW), of(OTHER), silent]],
    ['one refuses our user', [of(NEW), failed('permission_denied'), silent]],
    ['nobody answers', [silent, silent, silent]],
  ])('is not adopted while %s', (_, round) => {
    expect(afterRounds(known, round, round, round).clusterId).toBe(OLD)
  })

  it('is adopted from who answers alone', () => {
    const round = [of(NEW), silent, failed('timeout')]
    expect(afterRounds(known, round, round).clusterId).toBe(NEW)
  })

  it('is not adopted when a round between named it no more', () => {
    const round = [of(NEW), silent, silent]
    expect(afterRounds(known, round, [silent, silent, silent], round).clusterId).toBe(OLD)
    expect(afterRounds(known, round, [of(OTHER), silent, silent], round).clusterId).toBe(OLD)
  })

  it('is not adopted from an endpoint that never spoke for ours, while ours are down', () => {
    const round = [silent, silent, of(NEW)]
    expect(afterRounds([of(OLD, '1'), of(OLD, '2'), of(NEW)], round, round, round).clusterId).toBe(OLD)
  })
})

describe('other data under the same ids', () => {
  const member = (id: string) => ({ id, name: id, clientUrls: [], peerUrls: [], isLearner: false })
  const list = ['1', '2', '3'].map(member)
  const data = (revision: string, raftIndex: string) =>
    ['1', '2', '3'].map((id): ProbeOutcome => {
      const outcome = of(OLD, id)
      return 'status' in outcome
        ? { status: { ...outcome.status, revision, raftIndex, leaderId: '1' } }
        : outcome
    })
  const rounds = (...outcomes: readonly (readonly ProbeOutcome[])[]) =>
    outcomes.reduce<ClusterRecord>(
      (record, one, i) =>
        withRound(
          one.reduce<ClusterRecord>(
            (before, outcome, n) =>
              withProbe(before, { url: [ONE, TWO, THREE][n] ?? '', at: i, latencyMs: 1, outcome }),
            record,
          ),
          1_000 * i,
        ),
      withList(emptyRecord([ONE, TWO, THREE]), { clusterId: OLD, members: list, at: 0 }),
    )

  it('F59 shows in the view when two rounds saw it', () => {
    const [full, empty] = [data('48211', '90000'), data('3', '8')]
    expect(toClusterView(rounds(full, empty)).dataReset).toBeUndefined()
    expect(toClusterView(rounds(full, empty, empty)).dataReset).toEqual({
      at: 1_000,
      before: '48211',
      after: '3',
    })
  })

  it('is not told by who does not answer any more', () => {
    const [full, empty] = [data('48211', '90000'), data('3', '8')]
    const silentOnes = [empty[0] ?? silent, silent, silent]
    expect(toClusterView(rounds(full, silentOnes, silentOnes)).dataReset).toBeUndefined()
  })
})
