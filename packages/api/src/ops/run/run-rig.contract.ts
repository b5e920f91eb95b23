import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes } from '@etcdmonitor/adapters/node/random'
import { openSqliteState } from '@etcdmonitor/adapters/sqlite/state/state-store'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { OPERATION_LIMITS as limits } from '@etcdmonitor/core/operations/operation-limits'
import type { StateStore } from '@etcdmonitor/core/ports/state-store'
import { onTestFinished } from 'vitest'
import { type LogLine, NOW, recordingLog } from '../../api-rig.contract.ts'
import { createAuditTrail } from '../../audit/audit-trail.ts'
import { PROCESS } from '../../ops-rig.contract.ts'
import { orSettled, settlingOf } from '../act/act-parts.ts'
import { planned, type RunAct, type RunHand } from './run-act.ts'
import { createRunEngine } from './run-engine.ts'
import { settleCompact } from './settle-outcome.ts'
import { createSettleRun } from './settle-run.ts'

export const CALLER = { username: 'admin', userId: 'ADMIN', address: '192.0.2.1', requestId: 'R' }
export const SECOND = 1_000

/** Processes on one state file before a cluster `9` of one member, at revision 10 or so; all by one clock. */
export async function openRuns() {
  const clock = manualClock(NOW)
  const lines: LogLine[] = []
  const folder = await mkdtemp(join(tmpdir(), 'etcdmonitor-runs-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'state.db')
  const etcd = memoryEtcdCluster({ clock, clusterId: '9', members: [{ id: '10', name: 'alpha' }] })
  await etcd.view()
  for (let i = 0; i < 9; i += 1)
    await etcd.put({ key: new Uint8Array([1]), value: new Uint8Array(), lease: 'none' })

  /** One API process: its store, which beats when the test says so, and its engine. */
  async function openProcess({ mayJudge = false } = {}) {
    const state = await openSqliteState(file, {
      clock: { ...systemClock, now: clock.now },
      random: randomBytes,
    })
    onTestFinished(() => state[Symbol.asyncDispose]())
    const log = recordingLog(lines)
    const audit = createAuditTrail({ state, clock, random: randomBytes, log })
    onTestFinished(() => audit[Symbol.asyncDispose]())
    const settle = createSettleRun({ state, etcd, clock, limits })
    const engine = createRunEngine({ state, audit, clock, log, limits, settle, mayJudge: () => mayJudge })
    onTestFinished(async () => {
      const closed = engine[Symbol.asyncDispose]()
      await clock.advance(60 * SECOND)
      await closed
    })
    await state.instances.beat(PROCESS)
    return { state, engine, beat: () => state.instances.beat(PROCESS) }
  }
  /** A compaction up to revision 5 in one step, behind which `follow` may do more. */
  const anAct = (
    etcdOf: Pick<typeof etcd, 'compact'> = etcd,
    follow: (hand: RunHand) => Promise<void> = async () => {},
  ): RunAct => ({
    operation: 'compact',
    clusterId: '9',
    target: 'cluster',
    params: {},
    audited: {},
    steps: [planned('compact'), planned('settle')],
    async carryOut(hand) {
      await hand.step(
        { name: 'compact', before: { target: '5' }, isChange: true },
        async ({ mayStillSend }) => {
          const settling = settlingOf({ etcd, clock, limits }, hand)
          const settled = await orSettled(
            () => etcdOf.compact('5', false, { mayStillSend }),
            () => settleCompact(settling, '5'),
          )
          return { value: undefined, message: settled ?? 'done' }
        },
      )
      await follow(hand)
      return { result: { done: true } }
    },
  })

  const compacts = () => etcd.calls().filter(({ method }) => method === 'compact').length
  return { clock, etcd, lines, openProcess, anAct, compacts }
}
export type Runs = Awaited<ReturnType<typeof openRuns>>

/** Operation, outcome and code of the entries of the audit log. */
export const entry = async (state: StateStore) => {
  const { entries } = await state.audit.page({}, { size: 10 })
  return entries.map(({ operation, verdict, code }) => `${operation} ${verdict}${code && ` ${code}`}`)
}

export const never = () => new Promise<never>(() => {})
