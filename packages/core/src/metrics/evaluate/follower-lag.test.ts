import { describe, expect, it } from 'vitest'
import { counterSlots, gaugeSlots, metricNamed, orNull, vector } from '../vectors.contract.ts'
import type { PartSlots } from './evaluate-parts.ts'
import { evaluateParts } from './evaluate-parts.ts'
import { leadingPositions } from './follower-lag.ts'

/** Positions at these times, Unix ms; null = Status did not answer. */
function member(
  times: number[],
  positions: (number | null)[],
  up = positions.map((one) => (one === null ? 0 : 1)),
): PartSlots {
  const index = {
    ...counterSlots('raft_index', positions),
    last: Float64Array.from(positions, (one) => one ?? Number.NaN),
  }
  const series = [index, gaugeSlots('status_up', up)]
  return { times: Float64Array.from(times), length: 0, until: times.at(-1) ?? 0, series }
}
const lag = (of: PartSlots, all: PartSlots[]) =>
  orNull(evaluateParts(metricNamed('raft_follower_lag'), { ...of, leading: leadingPositions(all) }))

describe('follower lag', () => {
  it('follower-lag: is what the most advanced member has more', () => {
    const { input, expect: wanted } = vector<Record<string, number>, Record<string, number>>('follower-lag')
    const members = Object.entries(input).map(([name, position]) => [name, member([30], [position])] as const)
    const all = members.map(([, one]) => one)
    expect(Object.fromEntries(members.map(([name, one]) => [name, lag(one, all)[0]]))).toEqual(wanted)
  })

  it('compares ticks of one instant, whichever each member has', () => {
    const a = member([30, 60, 90], [10, 20, 30])
    const b = member([60, 90], [15, null])
    expect(lag(a, [a, b])).toEqual([null, 0, null])
    expect(lag(b, [a, b])).toEqual([5, null])
  })

  it('leaves out who no longer answers at the end of a part, also as the one in front', () => {
    const a = member([0], [500], [0])
    const b = member([0], [90])
    const c = member([0], [80])
    expect(lag(a, [a, b, c])).toEqual([null])
    expect(lag(c, [a, b, c])).toEqual([10])
  })

  it('is null for a single member, and where nothing was read of the others', () => {
    const a = member([0], [5])
    expect(lag(a, [a])).toEqual([null])
    expect(orNull(evaluateParts(metricNamed('raft_follower_lag'), a))).toEqual([null])
  })
})
