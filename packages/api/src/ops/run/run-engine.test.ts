import { AppError } from '@etcdmonitor/core/errors'
import { beforeEach, expect, it, vi } from 'vitest'
import { NOW } from '../../api-rig.contract.ts'
import type { RunHand } from './run-act.ts'
import { CALLER, entry, never, openRuns, type Runs, SECOND } from './run-rig.contract.ts'

let { clock, etcd, lines, openProcess, anAct, compacts } = {} as Runs // set before each test
beforeEach(async () => {
  ;({ clock, etcd, lines, openProcess, anAct, compacts } = await openRuns())
})

it('carries out a run, tells how it ended, and frees the lock', async () => {
  const { engine, state } = await openProcess()
  const { run, ended } = await engine.begin(anAct(), CALLER)
  expect(await ended).toEqual({ kind: 'done', result: { done: true } })
  expect(await state.runs.get(run.id)).toMatchObject({ state: 'succeeded', finishedAt: NOW })
  expect(await entry(state)).toEqual(['compact succeeded'])
  expect(await state.runs.holder('9')).toBeUndefined()
  await clock.settle()
  expect(lines.filter(({ event }) => event === 'run_ended')).toMatchObject([
    {
      fields: {
        run_id: run.id,
        operation: 'compact',
        state: 'succeeded',
        cluster_id: '9',
        username: 'admin',
      },
    },
  ])
})

it('RU1 lets one of fifty operations over three processes begin, and names it to the others', async () => {
  const processes = await Promise.all([openProcess(), openProcess(), openProcess()])
  const waiting = { compact: never }
  const begun = await Promise.allSettled(
    Array.from({ length: 50 }, async (_, i) => processes[i % 3]?.engine.begin(anAct(waiting), CALLER)),
  )
  const runs = begun.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value.run.id] : []))
  expect(runs).toHaveLength(1)
  const refused = begun.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  expect(refused).toHaveLength(49)
  for (const error of refused)
    expect(error).toMatchObject({ code: 'operation_in_progress', details: { run_id: runs[0] } })
})

it('RU3 sends nothing when it slept between the step and the call, and says so', async () => {
  const { engine, state } = await openProcess()
  const { beginStep } = state.runs
  vi.spyOn(state.runs, 'beginStep').mockImplementation(async (...args) => {
    const isOurs = await beginStep(...args)
    await clock.advance(10 * SECOND)
    return isOurs
  })
  const { run, ended } = await engine.begin(anAct(), CALLER)
  expect(await ended).toMatchObject({ kind: 'failed', error: { code: 'shutting_down' } })
  expect(await state.runs.get(run.id)).toMatchObject({
    state: 'failed',
    error: { code: 'process_stopped' },
    steps: [{ state: 'failed' }, { state: 'not_started' }],
  })
  expect(await etcd.compactedRevision()).toBe('0')
})

it('RU5 begins no step whose intent is not committed', async () => {
  const { engine, state } = await openProcess()
  vi.spyOn(state.runs, 'beginStep').mockRejectedValueOnce(new AppError('audit_unavailable', 'away'))
  const { run, ended } = await engine.begin(anAct(), CALLER)
  expect(await ended).toMatchObject({ kind: 'failed', error: { code: 'audit_unavailable' } })
  expect(compacts()).toBe(0)
  expect(await state.runs.get(run.id)).toMatchObject({
    state: 'failed',
    error: { code: 'audit_unavailable' },
  })
  expect(await state.runs.holder('9')).toBeUndefined()
})

it('waits with what has happened until the store takes it', async () => {
  const { engine, state } = await openProcess()
  const away = new AppError('auth_store_unavailable', 'away')
  vi.spyOn(state.runs, 'endStep').mockRejectedValueOnce(away).mockRejectedValueOnce(away)
  const { run, ended } = await engine.begin(anAct(), CALLER)
  await clock.advance(2 * SECOND)
  expect(await ended).toMatchObject({ kind: 'done' })
  expect((await state.runs.get(run.id))?.steps[0]).toMatchObject({ state: 'succeeded' })
})

it('OP19 settles a call whose answer was lost by what etcd says', async () => {
  const { engine, state } = await openProcess()
  etcd.setFault('10', 'compact', { kind: 'connection_lost', isApplied: true })
  const { run, ended } = await engine.begin(anAct(), CALLER)
  expect(await ended).toMatchObject({ kind: 'done' })
  expect((await state.runs.get(run.id))?.steps[0]?.message).toMatch(/answer was lost/)
  expect(await entry(state)).toEqual(['compact succeeded'])
})

it('a call that was lost on its way is unknown, and ends its run so', async () => {
  const { engine, state } = await openProcess()
  etcd.setFault('10', 'compact', { kind: 'connection_lost', isApplied: false })
  const { run, ended } = await engine.begin(anAct(), CALLER)
  expect(await ended).toMatchObject({
    kind: 'failed',
    error: { code: 'outcome_unknown', details: { run_id: run.id } },
  })
  expect(await state.runs.get(run.id)).toMatchObject({ state: 'unknown', steps: [{ state: 'unknown' }, {}] })
  expect(await entry(state)).toEqual(['compact unknown outcome_unknown'])
})

it('RU8 begins no step after the process was asked to stop, and leaves nothing locked', async () => {
  const { engine, state } = await openProcess()
  const pause = (hand: RunHand) =>
    hand.step({ name: 'settle' }, async () => {
      await clock.sleep(60 * SECOND, hand.stopping)
      if (hand.stopping.aborted)
        throw new AppError('shutting_down', 'stopped', { details: { run_code: 'process_stopped' } })
      return { value: undefined, message: '' }
    })
  const { run } = await engine.begin(anAct(etcd, pause), CALLER)
  await clock.settle()
  await engine[Symbol.asyncDispose]()
  expect(await state.runs.get(run.id)).toMatchObject({
    state: 'interrupted',
    error: { code: 'process_stopped' },
    steps: [{ state: 'succeeded' }, { state: 'failed' }],
  })
  expect(await state.runs.holder('9')).toBeUndefined()
  await expect(engine.begin(anAct(), CALLER)).rejects.toMatchObject({ code: 'shutting_down' })
})

it('RU8 leaves a step that does not end in time to whoever takes the run over', async () => {
  const { engine, state } = await openProcess()
  const { run } = await engine.begin(anAct({ compact: never }), CALLER)
  await clock.settle()
  const stopped = engine[Symbol.asyncDispose]()
  await clock.advance(10 * SECOND)
  await stopped
  expect(await state.runs.get(run.id)).toMatchObject({ state: 'running', steps: [{ state: 'running' }, {}] })
  expect(await state.runs.holder('9')).toMatchObject({ id: run.id })
})
