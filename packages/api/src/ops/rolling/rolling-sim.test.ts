import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes } from '@etcdmonitor/adapters/node/random'
import { openSqliteState } from '@etcdmonitor/adapters/sqlite/state/state-store'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { AppError } from '@etcdmonitor/core/errors'
import { OPERATION_LIMITS as limits } from '@etcdmonitor/core/operations/operation-limits'
import type { Step } from '@etcdmonitor/core/ports/run-store'
import { expect, it, onTestFinished } from 'vitest'
import { type LogLine, NOW, noHistory, recordingLog, SETTINGS } from '../../api-rig.contract.ts'
import { createAuditTrail } from '../../audit/audit-trail.ts'
import { startPulse } from '../../beat.ts'
import { createMemberBook } from '../../members/member-book.ts'
import { PROCESS } from '../../ops-rig.contract.ts'
import { makeDefragmentPlan } from '../plan/defragment-plan.ts'
import { planPatiently } from '../plan/operation-plan.ts'
import { createFactsReader } from '../plan/read-facts.ts'
import { createRunEngine } from '../run/run-engine.ts'
import { createSettleRun } from '../run/settle-run.ts'
import { rollingAct } from './act-rolling.ts'

const SECOND = 1_000
const BLOCKED = 5 * SECOND
const LIMIT = 90 * 60 * SECOND
const CALLER = { username: 'admin', userId: 'ADMIN', address: '', requestId: 'R' }
const never = () => new Promise<never>(() => {})

/** Numbers from 0 to below 1 that are the same for the same seed. */
function seeded(seed: number) {
  let state = seed * 2_654_435_761
  const next = () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 0x9e3779b9) >>> 0
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32
  }
  return {
    next,
    below: (limit: number) => Math.floor(next() * limit),
    chance: (share: number) => next() < share,
  }
}

/** The same object, whose promises never settle any more once `isDead`. */
function mortal<T extends object>(target: T, isDead: () => boolean): T {
  return new Proxy(target, {
    get(of, key, receiver) {
      const value: unknown = Reflect.get(of, key, receiver)
      if (typeof value === 'object' && value !== null) return mortal(value, isDead)
      if (typeof value !== 'function') return value
      return (...args: readonly unknown[]) => {
        if (isDead()) return never()
        const out: unknown = Reflect.apply(value, of, args)
        if (!(out instanceof Promise)) return out
        return out.then(
          (result) => (isDead() ? never() : result),
          (error) => (isDead() ? never() : Promise.reject(error)),
        )
      }
    },
  })
}

async function simulate(seed: number): Promise<readonly string[]> {
  const random = seeded(seed)
  const clock = manualClock(NOW)
  const trace: string[] = []
  const note = (text: string) => trace.push(`${(clock.monotonic() / SECOND).toFixed(0)} ${text}`)
  const folder = await mkdtemp(join(tmpdir(), 'etcdmonitor-sim-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const ids = Array.from({ length: 3 + random.below(5) }, (_, index) => String((index + 1) * 10))
  const etcd = memoryEtcdCluster({ clock, members: ids.map((id) => ({ id, name: `m${id}` })) })
  for (const id of ids) {
    etcd.setDefragTime(id, BLOCKED)
    etcd.setStatus(id, {
      dbSizeBytes: (200 + random.below(400)) * 1024 ** 2,
      dbSizeInUseBytes: 100 * 1024 ** 2,
    })
  }
  const openStore = async () => {
    const time = { ...systemClock, now: clock.now }
    const state = await openSqliteState(join(folder, 'state.db'), { clock: time, random: randomBytes })
    onTestFinished(() => state[Symbol.asyncDispose]())
    return state
  }
  const watcher = await openStore()
  let blockedUntil = 0
  /** Members whose next call is lost before it arrives. */
  const lostBefore = new Set<string>()
  let electedAt = Number.NEGATIVE_INFINITY

  /** What must hold whenever a member is blocked. */
  async function expectRight(id: string, leader: string | undefined): Promise<void> {
    const [run] = await watcher.runs.list({ limit: 1, state: 'running' })
    const steps = run?.steps ?? []
    const gates = steps.filter(({ name, state }) => name === 'gate' && state === 'succeeded')
    const passedAt = Math.max(...gates.map(({ finishedAt = 0 }) => finishedAt))
    const running = steps.find((step) => isOf(step, id))
    expect((running?.startedAt ?? 0) - passedAt).toBeLessThan(limits.gateAge + limits.view)
    const isCalm = clock.monotonic() - electedAt > 30 * SECOND
    const left = steps.filter(({ name, state }) => name === 'defragment' && state === 'not_started')
    if (leader === id && isCalm) expect(left).toEqual([])
    const { entries } = await watcher.audit.page({ operation: 'defragment' }, { size: 50 })
    expect(
      entries.filter(({ target, verdict }) => target === `m${id}` && verdict === 'pending'),
    ).toHaveLength(1)
  }

  const watched = {
    ...etcd,
    async defragment(id: string, options?: Parameters<typeof etcd.defragment>[1]) {
      const { leaderId } = await etcd.view({ maxAge: 60 * SECOND, listMaxAge: 3_600 * SECOND })
      if (options?.mayStillSend?.() === false) throw new AppError('shutting_down', 'nothing was sent')
      expect(clock.monotonic()).toBeGreaterThanOrEqual(blockedUntil)
      if (!lostBefore.delete(id)) blockedUntil = clock.monotonic() + BLOCKED
      note(`defragment ${id}`)
      await expectRight(id, leaderId)
      return etcd.defragment(id, options)
    },
    async moveLeader(id: string, options?: Parameters<typeof etcd.moveLeader>[1]) {
      note(`move ${id}`)
      electedAt = clock.monotonic()
      return etcd.moveLeader(id, options)
    },
  }

  async function openProcess() {
    let dead = false
    const isDead = () => dead
    const lines: LogLine[] = []
    const log = recordingLog(lines)
    const state = mortal(await openStore(), isDead)
    const own = mortal({ ...clock }, isDead)
    const acting = { state, etcd: mortal(watched, isDead), clock: own, log, limits }
    const audit = mortal(createAuditTrail({ ...acting, random: randomBytes }), isDead)
    const pulse = await startPulse({ ...acting, instances: state.instances }, PROCESS)
    const settle = createSettleRun(acting)
    const engine = createRunEngine({ ...acting, audit, settle, mayJudge: pulse.mayJudge })
    const stop = new AbortController()
    void pulse.beatForEver(stop.signal, engine)
    const book = createMemberBook({ ...acting, metrics: noHistory }, SETTINGS.interval)
    const readFacts = createFactsReader({ ...acting, metrics: noHistory, settings: SETTINGS, book })
    const body = { member_ids: 'all' as const, min_reclaim_bytes: 0 }
    return {
      kill: () => {
        dead = true
      },
      isDead,
      bugs: () => lines.filter(({ level }) => level === 'error'),
      async roll(movesLeader: boolean | undefined): Promise<void> {
        const request = { ...body, ...(movesLeader !== undefined && { move_leader: movesLeader }) }
        const deps = { ...acting, readFacts, metrics: noHistory }
        const make = makeDefragmentPlan(deps, request)
        const plan = await planPatiently(() => make({}), deps)
        if (plan.blockers.length > 0) return
        await engine.begin(rollingAct(deps, { body: request, plan, make }), CALLER)
        note('begun')
      },
    }
  }

  const processes = await Promise.all(Array.from({ length: 1 + random.below(3) }, openProcess))
  const alive = () => processes.filter(({ isDead }) => !isDead())
  const pick = <T>(list: readonly T[]): T | undefined => list[random.below(list.length)]
  const lagging = new Set<string>()
  const happen = {
    roll: () =>
      void pick(alive())
        ?.roll(random.chance(0.3) ? undefined : random.chance(0.5))
        .catch(ignoreHeld),
    elect: () => {
      const id = pick(ids)
      note(`elected ${id}`)
      electedAt = clock.monotonic()
      etcd.setLeader(id)
    },
    lag: () => {
      const id = pick(ids) ?? ''
      lagging.add(id)
      etcd.setStatus(id, { raftIndex: '90000', raftAppliedIndex: '8' })
    },
    catchUp: () => {
      for (const id of lagging) etcd.setStatus(id, { raftIndex: '8', raftAppliedIndex: '8' })
      lagging.clear()
    },
    lose: () => {
      const id = pick(ids) ?? ''
      const isApplied = random.chance(0.5)
      if (isApplied) lostBefore.delete(id)
      else lostBefore.add(id)
      etcd.setFault(id, 'defragment', { kind: 'connection_lost', isApplied, times: 1 })
    },
    kill: () => {
      if (alive().length > 1) pick(alive())?.kill()
    },
    step: () => clock.step((random.below(9) - 4) * SECOND),
  }
  const events = Object.values(happen)
  happen.roll()
  await clock.advance(SECOND)
  for (let i = 0; i < 40; i += 1) {
    await clock.advance(random.below(30) * SECOND)
    if (random.chance(0.5)) happen.roll()
    else pick(events)?.()
  }
  happen.catchUp()
  for (const id of ids) etcd.setFault(id, 'defragment', undefined)
  let passed = 0
  do {
    await clock.advance(60 * SECOND)
    passed += 60 * SECOND
  } while (passed < LIMIT && (await watcher.runs.list({ limit: 1, state: 'running' })).length > 0)
  await clock.advance(120 * SECOND)
  const runs = await watcher.runs.list({ limit: 200 })
  const clusterId = runs[0]?.clusterId ?? ''
  expect(await watcher.runs.holder(clusterId)).toBeUndefined()
  expect(runs.filter(({ state, finishedAt }) => state === 'running' || finishedAt === undefined)).toEqual([])
  const open = await watcher.audit.page({}, { size: 500 })
  expect(open.entries.filter(({ verdict }) => verdict === 'pending')).toEqual([])
  expect(alive().flatMap(({ bugs }) => bugs())).toEqual([])
  return [...trace, ...runs.map(({ state }) => state)]
}

const isOf = ({ name, memberId, state }: Step, id: string) =>
  name === 'defragment' && memberId === id && state === 'running'

function ignoreHeld(error: unknown): void {
  if (!(error instanceof AppError)) throw error
}

it.each(Array.from({ length: 20 }, (_, seed) => seed + 1))(
  'RU10 blocks one member at a time, behind a gate, the leader last, and frees every lock: seed %i',
  async (seed) => {
    expect((await simulate(seed)).length).toBeGreaterThan(0)
  },
  120_000,
)

it('RU10 gives the same trace for the same seed', async () => {
  expect(await simulate(3)).toEqual(await simulate(3))
}, 120_000)
