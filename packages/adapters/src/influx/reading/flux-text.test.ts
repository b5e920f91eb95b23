import { describe, expect, it } from 'vitest'
import { joinPipelines, openPipelines } from './flux-text.ts'

const ASK = { clusterId: '1', memberIds: ['2', '18446744073709551615'], fields: ['put', 'raft_index'] }
const DAY = 86_400_000

describe('the text of a query', () => {
  it('is made of our own words', () => {
    const { samples, newest, windows } = openPipelines('met"rics')
    const at = Date.UTC(2026, 9, 20)
    const keep =
      '  |> keep(columns: ["_time", "_field", "_value", "member_id", "peer", "version", "method", "class", "quantile", "le"])'
    const base = [
      'from(bucket: "met\\"rics")',
      '  |> range(start: 2026-10-20T00:00:00.000Z, stop: 2026-10-21T00:00:00.000Z)',
      '  |> filter(fn: (r) => r._measurement == "prometheus" and r.cluster_id == "1" and r.member_id =~ /^(?:2|18446744073709551615)$/ and r._field =~ /^(?:put|raft_index)$/)',
    ]
    const window = { ...ASK, from: at, to: at + DAY }
    expect(samples('one', window)?.split('\n')).toEqual([...base, keep, '  |> yield(name: "one")'])
    expect(newest('one', window)?.split('\n')).toEqual([
      ...base,
      '  |> last()',
      keep,
      '  |> yield(name: "one")',
    ])
    expect(windows('one', { ...window, step: DAY, fn: 'max' })?.split('\n')[3]).toBe(
      '  |> aggregateWindow(every: 86400000ms, offset: 0ms, fn: max, createEmpty: false, timeSrc: "_start")',
    )
    expect(windows('one', { ...window, from: at + 17, step: 50, fn: 'sum' })).toContain(
      'every: 50ms, offset: 17ms',
    )
  })

  it.each([
    { name: 'a cluster', wrong: { clusterId: '1" or true' } },
    { name: 'a member', wrong: { memberIds: ['2)$/ or r.x =~ /(?:'] } },
    { name: 'a member in lines', wrong: { memberIds: ['2\n'] } },
    { name: 'a field', wrong: { fields: ['put|.*'] } },
    { name: 'a step', wrong: { step: 0.5 } },
  ])('takes $name in no other form', ({ wrong }) => {
    const ask = { ...ASK, from: 0, to: DAY, step: 50, fn: 'max', ...wrong } as const
    expect(() => openPipelines('b').windows('one', ask)).toThrow(/no part of a query/)
  })

  it('leaves out what would ask for nothing', () => {
    const { samples } = openPipelines('b')
    const texts = [
      samples('one', { ...ASK, from: DAY, to: DAY }),
      samples('one', { ...ASK, fields: [], from: 0, to: DAY }),
      samples('one', { ...ASK, memberIds: [], from: 0, to: DAY }),
    ]
    expect(joinPipelines(texts)).toBeUndefined()
    expect(joinPipelines([...texts, 'from()'])?.split('\n')).toEqual([
      'import "array"',
      'array.from(rows: [{whole: 1}]) |> yield(name: "whole")',
      'from()',
    ])
  })

  it('asks for no instant that a server cannot hold', () => {
    const { samples } = openPipelines('b')
    expect(samples('one', { ...ASK, from: -DAY, to: 8.64e15 })).toContain(
      'range(start: 1970-01-01T00:00:00.000Z, stop: 2262-01-01T00:00:00.000Z)',
    )
  })
})
