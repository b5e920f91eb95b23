import { expect, it } from 'vitest'
import { systemClock } from '../../node/clock.ts'
import { startBudget } from './call-budget.ts'
import { createLimiter } from './limiter.ts'

const URL = 'http://one:2379'

it('runs so many at once, and the others in their order', async () => {
  const limit = createLimiter(2, systemClock)
  const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
  const started: number[] = []
  const runs = gates.map(({ promise }, index) =>
    limit(URL, startBudget(systemClock, 5_000), async () => {
      started.push(index)
      await promise
    }),
  )
  await Promise.resolve()
  expect(started).toEqual([0, 1])
  gates[1]?.resolve()
  await runs[1]
  await expect.poll(() => started).toEqual([0, 1, 2])
  for (const { resolve } of gates) resolve()
  await Promise.all(runs)
  expect(started).toEqual([0, 1, 2, 3, 4])
})

it('ends waiting with the budget or the signal, and loses no place by it', async () => {
  const limit = createLimiter(1, systemClock)
  const gate = Promise.withResolvers<void>()
  const first = limit(URL, startBudget(systemClock, 5_000), () => gate.promise)
  const late = limit(URL, startBudget(systemClock, 10), async () => 'late')
  await expect(late).rejects.toMatchObject({ failure: { kind: 'deadline', sent: false } })
  const leaving = new AbortController()
  const left = limit(URL, startBudget(systemClock, 5_000, leaving.signal), async () => 'left')
  leaving.abort(new Error('gone'))
  await expect(left).rejects.toThrow('gone')
  const waiting = limit(URL, startBudget(systemClock, 5_000), async () => 'waited')
  gate.resolve()
  await first
  expect(await waiting).toBe('waited')
  expect(await limit(URL, startBudget(systemClock, 5_000), async () => 'next')).toBe('next')
})

it('gives the place of a run that failed to the next one', async () => {
  const limit = createLimiter(1, systemClock)
  const failing = limit(URL, startBudget(systemClock, 5_000), () => Promise.reject(new Error('broken')))
  await expect(failing).rejects.toThrow('broken')
  expect(await limit(URL, startBudget(systemClock, 5_000), async () => 'next')).toBe('next')
})
