import { AppError } from '@etcdmonitor/core/errors'
import { beforeEach, expect, it, vi } from 'vitest'
import { NOW } from '../../api-rig.contract.ts'
import { CALLER, entry, never, openRuns, type Runs, SECOND } from './run-rig.contract.ts'

let { clock, etcd, lines, openProcess, anAct, compacts } = {} as Runs // set before each test
beforeEach(async () => {
  ;({ clock, etcd, lines, openProcess, anAct, compacts } = await openRuns())
})

it('frees the lock of a run whose beginning was committed although nobody heard of it', async () => {
  const { engine, state } = await openProcess()
  const { begin } = state.runs
  vi.spyOn(state.runs, 'begin').mockImplementationOnce(async (run) => {
    await begin(run)
    throw new AppError('audit_unavailable', 'away')
  })
  await expect(engine.begin(anAct(), CALLER)).rejects.toMatchObject({ code: 'audit_unavailable' })
  await clock.settle()
  expect(compacts()).toBe(0)
  expect(await state.runs.holder('9')).toBeUndefined()
  expect(await entry(state)).toEqual(['compact failed audit_unavailable'])
})

/** A run whose call never ends, of a process that does not beat any more. */
async function openDying() {
  const [dying, other] = await Promise.all([openProcess(), openProcess({ mayJudge: true })])
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>()
  const live = await dying.engine.begin(anAct({ compact: () => answered }), CALLER)
  await clock.settle()
  for (let i = 0; i < 4; i += 1) {
    await clock.advance(8 * SECOND)
    await other.beat()
  }
  return { dying, other, live, answer }
}

it('RU2 takes the run of a dead process over once, settles its step, and frees the lock', async () => {
  const { other, live } = await openDying()
  const third = await openProcess({ mayJudge: true })
  await etcd.compact('5', false) // the dead process had sent it
  const sent = compacts()
  await Promise.all([other.engine.takeOver(), third.engine.takeOver()])
  await clock.settle()
  expect(await other.state.runs.get(live.run.id)).toMatchObject({
    state: 'interrupted',
    error: { code: 'process_gone' },
    steps: [{ state: 'succeeded' }, { state: 'not_started' }],
    finishedAt: clock.now(),
  })
  expect(await other.state.runs.holder('9')).toBeUndefined()
  expect(lines.filter(({ event }) => event === 'run_taken_over')).toHaveLength(1)
  expect(compacts()).toBe(sent)
  expect(await entry(other.state)).toEqual(['compact interrupted'])
})

it('RU2 a request that meets the lock of a dead process takes it over first', async () => {
  const { other } = await openDying()
  const { ended } = await other.engine.begin(anAct(), CALLER)
  expect(await ended).toMatchObject({ kind: 'done' })
})

it('RU3 RU4 a process that lives after all writes nothing of the run, but what it knows better', async () => {
  const { dying, other, live, answer } = await openDying()
  await other.engine.takeOver()
  await clock.settle()
  answer()
  expect(await live.ended).toMatchObject({ kind: 'failed', error: { code: 'outcome_unknown' } })
  expect(await dying.state.runs.get(live.run.id)).toMatchObject({ state: 'interrupted' })
  expect(await entry(other.state)).toEqual(['compact succeeded'])
  expect(compacts()).toBe(0)
})

it('settles a run once whose lock a heartbeat shows before its taking over was answered', async () => {
  const { other, live } = await openDying()
  const { takeOver } = other.state.runs
  vi.spyOn(other.state.runs, 'takeOver').mockImplementationOnce(async () => {
    const taken = await takeOver()
    await other.engine.takeBack((await other.beat()).held)
    return taken
  })
  const ended = vi.spyOn(other.state.runs, 'endStep')
  await other.engine.takeOver()
  await clock.settle()
  expect(ended.mock.calls).toMatchObject([[{ runId: live.run.id, generation: 2 }, 0, {}]])
  expect(lines.filter(({ event }) => event === 'run_taken_back')).toEqual([])
  expect(await other.state.runs.holder('9')).toBeUndefined()
})

it('settles with its heartbeat a run that it lost hold of itself, and frees the lock', async () => {
  const { engine, state, beat } = await openProcess()
  vi.spyOn(state.runs, 'finish').mockRejectedValueOnce(new Error('a bug'))
  const { run, ended } = await engine.begin(anAct(), CALLER)
  expect(await ended).toMatchObject({ kind: 'failed', error: { code: 'internal' } })
  await clock.settle()
  expect(await state.runs.holder('9')).toMatchObject({ id: run.id })
  await engine.takeBack((await beat()).held)
  await clock.settle()
  expect(await state.runs.get(run.id)).toMatchObject({
    state: 'interrupted',
    error: { code: 'process_gone' },
    finishedAt: NOW,
  })
  expect(await state.runs.holder('9')).toBeUndefined()
  expect(lines.filter(({ event }) => event === 'run_taken_back')).toMatchObject([
    { level: 'warn', fields: { run_id: run.id, operation: 'compact' } },
  ])
  expect(await entry(state)).toEqual(['compact interrupted'])
})

it('leaves a run alone that it carries out, or that it only begins', async () => {
  const { engine, state, beat } = await openProcess()
  const { begin } = state.runs
  vi.spyOn(state.runs, 'begin').mockImplementationOnce(async (run) => {
    const begun = await begin(run)
    await engine.takeBack((await beat()).held)
    return begun
  })
  const { run } = await engine.begin(anAct({ compact: never }), CALLER)
  await clock.settle()
  await engine.takeBack((await beat()).held)
  expect(await state.runs.get(run.id)).toMatchObject({ state: 'running' })
  expect(lines).toEqual([])
})

it('tells of a run that it cannot take back, and tries again', async () => {
  const { engine, state, beat } = await openProcess()
  vi.spyOn(state.runs, 'finish').mockRejectedValueOnce(new Error('a bug'))
  const { run, ended } = await engine.begin(anAct(), CALLER)
  await ended
  await clock.settle()
  vi.spyOn(state.runs, 'takeBack').mockRejectedValueOnce(new Error('another'))
  const { held } = await beat()
  await engine.takeBack(held)
  expect(lines.filter(({ event }) => event === 'run_not_taken_back')).toMatchObject([
    { level: 'error', fields: { run_id: run.id } },
  ])
  await engine.takeBack(held)
  await clock.settle()
  expect(await state.runs.holder('9')).toBeUndefined()
})

it('settles a run again whose settling failed', async () => {
  const { other, live } = await openDying()
  vi.spyOn(other.state.runs, 'releaseLock').mockRejectedValueOnce(new Error('a bug'))
  await other.engine.takeOver()
  await clock.settle()
  expect(await other.state.runs.holder('9')).toMatchObject({ id: live.run.id })
  await other.engine.takeBack((await other.beat()).held)
  await clock.settle()
  expect(await other.state.runs.holder('9')).toBeUndefined()
  expect(await other.state.runs.get(live.run.id)).toMatchObject({ state: 'interrupted' })
})
