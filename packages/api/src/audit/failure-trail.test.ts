import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes } from '@etcdmonitor/adapters/node/random'
import { openSqliteState } from '@etcdmonitor/adapters/sqlite/state/state-store'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { AppError } from '@etcdmonitor/core/errors'
import { expect, it, onTestFinished, vi } from 'vitest'
import { type LogLine, recordingLog } from '../api-rig.contract.ts'
import { createFailureTrail } from './failure-trail.ts'

const MINUTE = 60_000

async function openTrail() {
  const clock = manualClock()
  const lines: LogLine[] = []
  const state = await openSqliteState(':memory:', {
    clock: { ...systemClock, now: clock.now },
    random: randomBytes,
  })
  onTestFinished(() => state[Symbol.asyncDispose]())
  const trail = createFailureTrail({ state, clock, random: randomBytes, log: recordingLog(lines) })
  const add = (username: string, address = '192.0.2.1', code = 'invalid_credentials') =>
    trail.add({
      caller: { username, address, requestId: 'R' },
      act: { operation: 'login', target: address },
      code,
    })
  const entries = async () => (await state.audit.page({}, { size: 1_000 })).entries
  const counts = async () => (await entries()).map(({ username, count }) => [username, count])
  return { clock, lines, state, trail, add, entries, counts }
}

it('writes the first at once and the rest of its minute as one', async () => {
  const { clock, add, counts } = await openTrail()
  await add('admin')
  expect(await counts()).toEqual([['admin', 1]])
  for (let times = 0; times < 56; times += 1) await add('admin')
  expect(await counts()).toEqual([['admin', 1]])
  await clock.advance(MINUTE)
  expect(await counts()).toEqual([
    ['admin', 56],
    ['admin', 1],
  ])
  await clock.advance(MINUTE)
  await add('admin')
  expect((await counts())[0]).toEqual(['admin', 1])
})

it('says when those of a row were that is written after them', async () => {
  const { clock, add, entries } = await openTrail()
  await add('admin')
  await clock.advance(2_000)
  const first = Math.floor(clock.now() / 1_000)
  for (let times = 0; times < 3; times += 1) {
    await add('admin')
    await clock.advance(5_000)
  }
  await clock.advance(MINUTE)
  const [merged, alone] = await entries()
  expect(JSON.parse(merged?.params ?? '')).toEqual({ first_at: first, last_at: first + 10 })
  expect(alone?.params).toBe('{}')
})

it('keeps names and addresses apart', async () => {
  const { add, counts } = await openTrail()
  await add('admin')
  await add('admin', '192.0.2.2')
  await add('carol')
  expect(await counts()).toEqual([
    ['carol', 1],
    ['admin', 1],
    ['admin', 1],
  ])
})

it('C22 makes at most 61 rows of 25,000 failures in an hour, whose counts add up', async () => {
  const { clock, add, entries } = await openTrail()
  for (let at = 0; at < 3_600; at += 1) {
    for (let times = 0; times < 7; times += 1) await add('admin')
    await clock.advance(1_000)
  }
  await clock.advance(MINUTE)
  const rows = await entries()
  expect(rows.length).toBeLessThanOrEqual(61)
  expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(25_200)
})

it('C22 tells of more than 1,000 names in a minute as others, and counts them', async () => {
  const { clock, add, counts } = await openTrail()
  await Promise.all(Array.from({ length: 1_000 }, (_, index) => add(`name-${index}`)))
  for (const name of ['late-1', 'late-2', 'late-3', 'name-7']) await add(name)
  expect((await counts())[0]).toEqual(['others', 1])
  await clock.advance(MINUTE)
  expect((await counts()).slice(0, 2).toSorted()).toEqual([
    ['name-7', 1],
    ['others', 2],
  ])
  await add('late-1')
  expect((await counts())[0]).toEqual(['late-1', 1])
})

it('tells the log what the store does not take, and goes on', async () => {
  const { clock, state, lines, add, counts } = await openTrail()
  const event = vi.spyOn(state.audit, 'event').mockRejectedValue(new AppError('audit_unavailable', 'away'))
  await add('admin')
  await add('admin')
  await clock.advance(MINUTE)
  const lost = { event: 'audit_event_lost', fields: { operation: 'login', username: 'admin', count: 1 } }
  expect(lines).toMatchObject([lost, lost])
  event.mockRestore()
  await add('admin')
  await clock.advance(MINUTE)
  expect(await counts()).toEqual([['admin', 1]])
})

it('writes what is merged so far when it is disposed of, and then holds no timer', async () => {
  const { trail, add, counts } = await openTrail()
  await add('admin')
  await add('admin')
  await trail[Symbol.asyncDispose]()
  expect(await counts()).toEqual([
    ['admin', 1],
    ['admin', 1],
  ])
})
