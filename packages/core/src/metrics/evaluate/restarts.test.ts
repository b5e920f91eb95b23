import { describe, expect, it } from 'vitest'
import { gaugeSlots, orNull, type Pair, vector } from '../vectors.contract.ts'
import { countRestarts } from './restarts.ts'

interface Input {
  readonly start_time: readonly Pair[]
  readonly cpu_seconds: readonly Pair[]
}

/** Seconds; `length` of a part, 0 for ticks. */
function restarts(times: number[], starts: (number | null)[], cpu: (number | null)[], length = 0) {
  const parts = { times: Float64Array.from(times, (time) => time * 1_000), length: length * 1_000 }
  return orNull(countRestarts(parts, [gaugeSlots('start_time', starts), gaugeSlots('cpu_seconds', cpu)]))
}

describe('restarts between ticks', () => {
  it.each(['restarts', 'restarts-crash-loop'])('%s', (id) => {
    const { input, expect: wanted } = vector<Input, (number | null)[]>(id)
    const times = input.start_time.map(([t]) => t)
    const values = (pairs: readonly Pair[]) => pairs.map(([, value]) => value)
    expect(restarts(times, values(input.start_time), values(input.cpu_seconds))).toEqual(wanted)
  })

  it('are found across failed scrapes, at the tick where the process is back', () => {
    const times = [1_000, 1_030, 1_060, 1_090]
    expect(restarts(times, [900, null, null, 1_050], [50, null, null, 1])).toEqual([null, null, null, 1])
  })

  it('are none while the start time rests, whatever the CPU seconds do', () => {
    expect(restarts([1_000, 1_030], [900, 900.9], [50, 1])).toEqual([null, 0])
  })

  it('are taken from the start time alone where CPU seconds are missing', () => {
    expect(restarts([1_000, 1_030], [900, 920], [50, null])).toEqual([null, 1])
    expect(restarts([1_000, 1_030], [900, 920], [null, 1])).toEqual([null, 1])
  })

  it('are not known without start times', () => {
    expect(restarts([1_000, 1_030], [null, null], [1, 2])).toEqual([null, null])
    expect(orNull(countRestarts({ times: Float64Array.of(0, 1), length: 0 }, []))).toEqual([null, null])
  })
})

it('count once in a coarse part, whose beginning stands for the earlier tick', () => {
  const times = [0, 300, 600, 900]
  expect(restarts(times, [-50, 310, 590, 905], [9, 10, 11, 12], 300)).toEqual([null, 1, 0, 1])
})
