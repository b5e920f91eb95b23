import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AuditEvent } from '../audit/audit-event.ts'
import type { Clock } from '../time.ts'
import { anIntent, SUCCEEDED } from './audit-entries.contract.ts'
import type { Instance } from './instances.ts'
import type { Begun, NewRun, Run, RunEnd, Step } from './run-store.ts'
import type { StateStore } from './state-store.ts'

const START = 1_790_000_000_000
const PROCESS: Instance = { kind: 'api', host: 'h', pid: 7, version: '1.0.0' }

const aStep = (over: Partial<Step> = {}): Step => ({
  name: 'defragment',
  memberId: '1',
  memberName: 'alpha',
  state: 'not_started',
  message: '',
  ...over,
})

const aRun = (id: string, over: Partial<NewRun> = {}): NewRun => ({
  id,
  operation: 'defragment',
  clusterId: '9',
  accountId: 'ACCOUNT-1',
  username: 'admin',
  params: { member_id: '1' },
  steps: [aStep({ name: 'preflight' }), aStep()],
  intent: anIntent(id, { operation: 'defragment', runId: id, clusterId: '9' }),
  ...over,
})

const anEnd = (id: string, over: Partial<RunEnd> = {}): RunEnd => ({
  state: 'succeeded',
  result: { reclaimed_bytes: 7 },
  outcome: { ...SUCCEEDED, opId: id },
  ...over,
})

const aCancel = (opId: string): AuditEvent => ({
  ...anIntent(opId, { operation: 'run_cancel' }),
  ...SUCCEEDED,
  count: 1,
})

/** What runs, locks and heartbeats of every StateStore must do. `openTwo`: two processes on one database. */
export function runStoreContract(
  adapter: string,
  openTwo: (clock: Pick<Clock, 'now'>) => Promise<readonly [StateStore, StateStore]>,
): void {
  describe(`RunStore contract: ${adapter}`, () => {
    let now: number
    let mine: StateStore
    let other: StateStore
    beforeEach(async () => {
      now = START
      ;[mine, other] = await openTwo({ now: () => now })
      await mine.instances.beat(PROCESS)
      await other.instances.beat(PROCESS)
    })
    afterEach(async () => {
      await mine[Symbol.asyncDispose]()
      await other[Symbol.asyncDispose]()
    })

    const begin = async (id: string, over: Partial<NewRun> = {}, store = mine): Promise<Begun> => {
      const begun = await store.runs.begin(aRun(id, over))
      if (begun.held) throw new Error(`held by ${begun.by.id}`)
      return begun
    }
    const verdicts = async () =>
      (await mine.audit.page({}, { size: 100 })).entries.map(({ opId, verdict }) => `${opId} ${verdict}`)

    it('keeps run, steps and intent together, readable by every process', async () => {
      const { run, owner } = await begin('R1')
      const expected: Run = {
        id: 'R1',
        operation: 'defragment',
        clusterId: '9',
        accountId: 'ACCOUNT-1',
        username: 'admin',
        params: { member_id: '1' },
        state: 'running',
        steps: [aStep({ name: 'preflight' }), aStep()],
        cancelRequested: false,
        startedAt: START,
        updatedAt: START,
      }
      expect(run).toEqual(expected)
      expect(await other.runs.get('R1')).toEqual(expected)
      expect(owner).toEqual({ runId: 'R1', instanceId: mine.instances.id, generation: 1 })
      expect(await verdicts()).toEqual(['R1 pending'])
      expect(await mine.runs.get('R2')).toBeUndefined()
    })

    it('RU1 gives the lock of a cluster to one of fifty that ask at once, and the others its holder', async () => {
      const stores = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? mine : other))
      const answers = await Promise.all(stores.map((store, i) => store.runs.begin(aRun(`R${i}`))))
      const begun = answers.filter(({ held }) => !held)
      expect(begun).toHaveLength(1)
      const [first] = await mine.runs.list({ limit: 200 })
      const by = { id: first?.id, operation: 'defragment', username: 'admin', startedAt: START }
      expect(answers.filter(({ held }) => held)).toEqual(Array(49).fill({ held: true, by }))
      expect(await verdicts()).toEqual([`${first?.id} pending`])
    })

    it('locks each cluster by itself', async () => {
      await begin('R1')
      expect(await other.runs.holder('9')).toMatchObject({ id: 'R1', username: 'admin' })
      expect(await other.runs.holder('10')).toBeUndefined()
      await begin('R2', { clusterId: '10' })
      expect(await mine.runs.list({ limit: 10 })).toMatchObject([{ id: 'R2' }, { id: 'R1' }])
    })

    it('follows a run step by step', async () => {
      const { owner } = await begin('R1')
      now += 1_000
      expect(await mine.runs.beginStep(owner, 0, {})).toBe(true)
      now += 1_000
      const gate = aStep({ name: 'gate', memberId: '' })
      const next = [gate, aStep()]
      expect(await mine.runs.noteStep(owner, 0, 'looks')).toBe(true)
      expect((await other.runs.get('R1'))?.steps[0]).toMatchObject({ state: 'running', message: 'looks' })
      expect(await mine.runs.endStep(owner, 0, { state: 'succeeded', message: 'fine', next })).toBe(true)
      const intent = anIntent('S1', { operation: 'defragment', runId: 'R1' })
      expect(await mine.runs.beginStep(owner, 2, { before: { count: 4, processStart: 17 }, intent })).toBe(
        true,
      )
      expect(await mine.runs.progress(owner, { done: 1, total: 3, unit: 'members' })).toBe(true)
      expect(await other.runs.get('R1')).toMatchObject({
        updatedAt: START + 2_000,
        progress: { done: 1, total: 3, unit: 'members' },
        steps: [
          {
            name: 'preflight',
            state: 'succeeded',
            message: 'fine',
            startedAt: START + 1_000,
            finishedAt: START + 2_000,
          },
          { name: 'gate', state: 'not_started' },
          { name: 'defragment', state: 'running', before: { count: 4, processStart: 17 } },
        ],
      })
      expect(await verdicts()).toEqual(['S1 pending', 'R1 pending'])
      const outcome = { ...SUCCEEDED, opId: 'S1' }
      expect(await mine.runs.endStep(owner, 2, { state: 'succeeded', message: '', outcome })).toBe(true)
      expect(await verdicts()).toEqual(['S1 succeeded', 'R1 pending'])
    })

    it('ends a run once, and frees the lock', async () => {
      const { owner } = await begin('R1')
      now += 5_000
      expect(await mine.runs.finish(owner, anEnd('R1'))).toBe(true)
      expect(await mine.runs.finish(owner, anEnd('R1'))).toBe(true)
      const failed = anEnd('R1', { state: 'failed', error: { code: 'etcd_error', error: 'no' } })
      expect(await mine.runs.finish(owner, failed)).toBe(false)
      expect(await other.runs.get('R1')).toMatchObject({
        state: 'succeeded',
        finishedAt: START + 5_000,
        result: { reclaimed_bytes: 7 },
      })
      expect(await mine.runs.get('R1')).not.toHaveProperty('error')
      expect(await verdicts()).toEqual(['R1 succeeded'])
      await begin('R2', {}, other)
    })

    it('begins a step once: what comes late to one that has ended changes nothing', async () => {
      const { owner } = await begin('R1')
      expect(await mine.runs.beginStep(owner, 0, {})).toBe(true)
      expect(await mine.runs.beginStep(owner, 0, { intent: anIntent('S1', { runId: 'R1' }) })).toBe(false)
      await mine.runs.endStep(owner, 0, { state: 'failed', message: 'nothing was sent' })
      expect(await mine.runs.beginStep(owner, 0, { intent: anIntent('S1', { runId: 'R1' }) })).toBe(false)
      expect(await mine.runs.get('R1')).toMatchObject({ steps: [{ state: 'failed' }, {}] })
      expect(await verdicts()).toEqual(['R1 pending'])
    })

    it('hands the run of a dead process to exactly one, once, and lets its old owner write nothing more', async () => {
      const { owner } = await begin('R1')
      await mine.runs.beginStep(owner, 1, { intent: anIntent('S1', { runId: 'R1' }) })
      now += 30_000
      await other.instances.beat(PROCESS)
      expect(await other.runs.takeOver()).toBeUndefined()
      now += 1
      const [one, two] = await Promise.all([other.runs.takeOver(), other.runs.takeOver()])
      const taken = one ?? two
      expect([one, two]).toContain(undefined)
      expect(taken).toMatchObject({
        run: { id: 'R1', state: 'interrupted', error: { code: 'process_gone' } },
        owner: { runId: 'R1', instanceId: other.instances.id, generation: 2 },
      })
      expect(await verdicts()).toEqual(['S1 interrupted', 'R1 interrupted'])
      expect(await mine.runs.beginStep(owner, 1, {})).toBe(false)
      expect(await mine.runs.endStep(owner, 1, { state: 'succeeded', message: '' })).toBe(false)
      expect(await mine.runs.noteStep(owner, 1, 'late')).toBe(false)
      expect(await mine.runs.progress(owner, { done: 1, unit: 'members' })).toBe(false)
      expect(await mine.runs.finish(owner, anEnd('R1'))).toBe(false)
      expect(await mine.runs.get('R1')).toMatchObject({
        state: 'interrupted',
        steps: [{}, { state: 'running' }],
      })
      await mine.runs.releaseLock(owner)
      expect(await mine.runs.holder('9')).toMatchObject({ id: 'R1' })
      if (!taken) throw new Error('nobody took it')
      expect(await other.runs.endStep(taken.owner, 1, { state: 'unknown', message: 'settled' })).toBe(true)
      now += 1_000
      await other.runs.releaseLock(taken.owner)
      expect(await mine.runs.get('R1')).toMatchObject({ state: 'interrupted', finishedAt: now })
      expect(await mine.runs.finish(owner, anEnd('R1'))).toBe(false)
      expect(await mine.runs.finish(owner, anEnd('R1', { state: 'interrupted' }))).toBe(false)
      await begin('R2', {}, other)
    })

    it.each([
      ['left', 0],
      ['has a heartbeat from the future', 30_001],
    ])('takes over from a process that %s', async (_, stepBack) => {
      await begin('R1')
      if (stepBack === 0) await mine.instances.leave()
      now -= stepBack
      await other.instances.beat(PROCESS)
      expect(await other.runs.takeOver()).toMatchObject({ owner: { generation: 2 } })
    })

    it('gives a process back what it holds and forgot, interrupted, and nobody else', async () => {
      const { owner } = await begin('R1')
      await mine.runs.beginStep(owner, 1, { intent: anIntent('S1', { runId: 'R1' }) })
      expect((await mine.instances.beat(PROCESS)).held).toEqual(['R1'])
      expect(await other.runs.takeBack('R1')).toBeUndefined()
      const taken = await mine.runs.takeBack('R1')
      expect(taken).toMatchObject({
        run: { id: 'R1', state: 'interrupted', error: { code: 'process_gone' } },
        owner: { runId: 'R1', instanceId: mine.instances.id, generation: 2 },
      })
      expect(await verdicts()).toEqual(['S1 interrupted', 'R1 interrupted'])
      expect(await mine.runs.beginStep(owner, 0, {})).toBe(false)
      if (!taken) throw new Error('it was not given back')
      await mine.runs.releaseLock(taken.owner)
      expect(await mine.runs.takeBack('R1')).toBeUndefined()
      expect((await mine.instances.beat(PROCESS)).held).toEqual([])
    })

    it('keeps a process alive that begins a step', async () => {
      const { owner } = await begin('R1')
      now += 25_000
      await mine.runs.beginStep(owner, 0, {})
      now += 25_000
      await other.instances.beat(PROCESS)
      expect(await other.runs.takeOver()).toBeUndefined()
    })

    it('begins nothing in a process that has left', async () => {
      const { owner } = await begin('R1')
      await mine.instances.leave()
      const left = { code: 'shutting_down' }
      await expect(mine.runs.beginStep(owner, 0, {})).rejects.toMatchObject(left)
      await expect(mine.runs.begin(aRun('R2', { clusterId: '10' }))).rejects.toMatchObject(left)
      expect(await mine.runs.get('R2')).toBeUndefined()
    })

    it('asks a running run to stop, and tells its owner with the heartbeat', async () => {
      const { owner } = await begin('R1')
      expect(await other.runs.requestCancel('R1', aCancel('C1'))).toMatchObject({ cancelRequested: true })
      expect(await mine.instances.beat(PROCESS)).toEqual({ now, cancelled: ['R1'], held: ['R1'] })
      expect(await other.instances.beat(PROCESS)).toEqual({ now, cancelled: [], held: [] })
      await mine.runs.finish(owner, anEnd('R1', { state: 'cancelled' }))
      expect(await mine.instances.beat(PROCESS)).toEqual({ now, cancelled: [], held: [] })
      expect(await other.runs.requestCancel('R1', aCancel('C2'))).toMatchObject({ state: 'cancelled' })
      expect(await other.runs.requestCancel('R9', aCancel('C3'))).toBeUndefined()
      expect(await verdicts()).toEqual(['C1 succeeded', 'R1 succeeded'])
    })

    it('lists runs newest first, by page and by filter', async () => {
      for (const [i, operation] of (['compact', 'hashkv', 'compact'] as const).entries()) {
        now = START + i * 1_000
        const { owner } = await begin(`R${i}`, { operation })
        if (i < 2) await mine.runs.finish(owner, anEnd(`R${i}`, i === 0 ? { state: 'failed' } : {}))
      }
      const ids = async (query: object) => (await mine.runs.list({ limit: 10, ...query })).map(({ id }) => id)
      expect(await ids({})).toEqual(['R2', 'R1', 'R0'])
      expect(await ids({ limit: 2 })).toEqual(['R2', 'R1'])
      expect(await ids({ after: 'R1' })).toEqual(['R0'])
      expect(await ids({ operation: 'compact' })).toEqual(['R2', 'R0'])
      expect(await ids({ state: 'failed' })).toEqual(['R0'])
      expect(await ids({ from: START + 1_000, to: START + 2_000 })).toEqual(['R1'])
    })

    it('removes what ended long ago, and nothing else', async () => {
      const { owner } = await begin('R1')
      await mine.runs.finish(owner, anEnd('R1'))
      await begin('R2')
      await mine.runs.takeBack('R2') // and is not settled yet
      await begin('R3', { clusterId: '10' })
      expect(await mine.runs.deleteEndedBefore(START)).toBe(0)
      expect(await mine.runs.deleteEndedBefore(START + 1)).toBe(1)
      expect(await mine.runs.list({ limit: 10 })).toMatchObject([{ id: 'R3' }, { id: 'R2' }])
    })

    it('interrupts the open intents of the dead, those alone, once', async () => {
      await mine.audit.intent(anIntent('A'))
      await mine.audit.intent(anIntent('B'))
      await mine.audit.outcome('B', SUCCEEDED)
      await other.audit.intent(anIntent('C'))
      now += 30_001
      await other.instances.beat(PROCESS)
      expect(await other.instances.interruptDead()).toBe(1)
      expect(await other.instances.interruptDead()).toBe(0)
      expect(await verdicts()).toEqual(['C pending', 'B succeeded', 'A interrupted'])
      await mine.audit.outcome('A', SUCCEEDED)
      expect(await verdicts()).toEqual(['C pending', 'B succeeded', 'A succeeded'])
      await other.instances.leave()
      expect(await other.instances.interruptDead()).toBe(1)
      expect(await verdicts()).toEqual(['C interrupted', 'B succeeded', 'A succeeded'])
    })
  })
}
