import { expect, it } from 'vitest'
import { planSecond, type SecondPlan } from './load-plan.ts'

const plans = Array.from({ length: 3_600 }, (_, n) => planSecond(n))
const calls = ({ puts, deletes, ranges, txns, leases }: SecondPlan) => puts + deletes + ranges + txns + leases

it('never asks for more than 240 calls in a second, and never for none', () => {
  expect(Math.max(...plans.map(calls))).toBeLessThanOrEqual(240)
  expect(Math.min(...plans.map(calls))).toBeGreaterThan(20)
})

it('moves every kind within the first two minutes', () => {
  for (const kind of ['puts', 'deletes', 'ranges', 'txns', 'leases', 'valueBytes'] as const)
    expect(new Set(plans.slice(0, 120).map((plan) => plan[kind])).size).toBeGreaterThan(1)
})

it('has its first peak after 20 s, and one in every two minutes', () => {
  const peaks = plans.flatMap(({ puts }, n) => (puts >= 100 ? [n] : []))
  expect(peaks.slice(0, 9)).toEqual([20, 21, 22, 23, 24, 25, 26, 27, 140])
})
