import { expect, it } from 'vitest'
import data from '../fixtures/metrics-data.json' with { type: 'json' }
import { afterTick, clockError, newScrapeClock } from './scrape-clock.ts'

interface Step {
  readonly at: number
  readonly start: number
  readonly as: 'stored' | 'held' | 'lost'
  /** A new process begins here. */
  readonly run?: boolean
}

const vectors = data.vectors.filter(({ fn }) => fn === 'clockError')

it('has all vectors', () => expect(vectors).toHaveLength(3))

it.each(vectors)('$id: $title', ({ input, expect: wanted }) => {
  let clock = newScrapeClock
  const errors = (input as readonly Step[]).map(({ at, start, as, run }) => {
    if (run) clock = newScrapeClock
    const tick = { at: at * 1_000, start: start * 1_000 }
    const error = as === 'held' ? undefined : clockError(clock, tick.at, tick.start)
    if (as !== 'lost') clock = afterTick(clock, tick, as)
    return error ?? null
  })
  expect(errors).toEqual(wanted)
})

it('takes 100 ms and 5 % of the distance for jitter, and rounds what is more to ms', () => {
  const clock = afterTick(newScrapeClock, { at: 0, start: 0 }, 'stored')
  expect(clockError(clock, 1_000, 1_100)).toBe(0)
  expect(clockError(clock, 1_000, 1_100.6)).toBe(0.101)
  expect(clockError(clock, 30_000, 31_500)).toBe(0)
  expect(clockError(clock, 30_000, 28_499.4)).toBe(-1.501)
})
