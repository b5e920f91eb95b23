import { AppError } from '@etcdmonitor/core/errors'
import type { Horizon } from '@etcdmonitor/core/metrics/slots/finest'
import { describe, expect, it } from 'vitest'
import { toMembership } from '../members/membership.ts'
import { readMetricNames, unknownNames } from './metric-names.ts'
import { RangeQuery } from './range-query.ts'
import { toRangeRequest, toRequestKey, widenRequest } from './range-request.ts'

const NOW = 1_790_000_003_400
const member = (memberId: string, firstAt = 0) => ({
  member: { clusterId: '9', memberId },
  firstAt,
  newestAt: NOW,
  newestOkAt: NOW,
})
const facts = {
  membership: toMembership({ members: [], endpoints: [], stale: true }, [member('1'), member('2')], 30_000),
  horizon: undefined as Horizon,
  limits: { ticks: 20_160, parts: 5_000_000 },
  interval: 30_000,
  now: NOW,
}
const PENDING = 'etcd_server_proposals_pending'
const PUTS = 'etcd_mvcc_put_total_rate'

const ask = (query: Readonly<Record<string, string>>, over: Partial<typeof facts> = {}) =>
  toRangeRequest(RangeQuery.parse({ metrics: PENDING, ...query }), { ...facts, ...over })
const codeOf = (query: Readonly<Record<string, string>>) => {
  try {
    ask(query)
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
  return undefined
}

it('ends with the second that runs: a sample of this very moment is inside', () => {
  expect(ask({}).window).toMatchObject({ from: 1_789_996_380_000, to: 1_790_000_010_000, step: 30_000 })
  expect(ask({}, { now: 1_790_000_010_001 }).window.to).toBe(1_790_000_040_000)
})

it('R19 gives two requests inside one step the same key, and another one another', () => {
  const key = (query: Readonly<Record<string, string>>, now = NOW) => toRequestKey(ask(query, { now }), '7')
  expect(key({}, NOW + 2_000)).toBe(key({}))
  expect(key({ metrics: `${PUTS},${PENDING}` })).toBe(key({ metrics: `${PENDING},${PUTS},,${PUTS}` }))
  expect(key({ format: 'columns', include: 'stats,band,stats' })).toBe(
    key({ format: 'columns', include: 'band,stats' }),
  )
  const others = [
    { range: '2h' },
    { member_id: '2' },
    { step: '60' },
    { format: 'columns' },
    { format: 'columns', include: 'stats' },
    { format: 'columns', include: 'band' },
    { format: 'columns', include: 'band,stats' },
    { format: 'columns', include: 'counts' },
    { agg: 'max' },
    { agg: 'avg' },
    { format: 'columns', member_id: 'all' },
    { metrics: `${PENDING},x` },
  ]
  const keys = others.map((query) => key(query))
  expect(new Set([...keys, key({}), toRequestKey(ask({}), '8')]).size).toBe(others.length + 2)
})

describe('a query', () => {
  it.each([
    [{ end: '1789990000' }, 'validation_failed'],
    [{ start: '1789990000', end: '1789990000' }, 'validation_failed'],
    [{ start: '1789990001', end: '1789990000' }, 'validation_failed'],
    [{ start: '10000000000' }, 'validation_failed'],
    [{ start: '1789990000', end: '1790086405' }, 'validation_failed'],
    [{ range: '1h', start: '1789990000' }, 'validation_failed'],
    [{ member_id: 'all' }, 'validation_failed'],
    [{ include: 'stats' }, 'validation_failed'],
    [{ range: '91d' }, 'range_too_large'],
    [{ start: '1782223999', end: '1790000000' }, 'range_too_large'],
    [{ metrics: Array.from({ length: 201 }, (_, i) => `x${i}`).join() }, 'too_many_metrics'],
    [{ range: '90d', step: '1' }, 'too_many_points'],
    [{ member_id: '3' }, 'member_not_found'],
    [{ member_id: '3', range: '90d', step: '1' }, 'too_many_points'],
  ] as const)('%j is refused as %s', (query, code) => {
    expect(codeOf(query)).toBe(code)
  })

  it.each<Readonly<Record<string, string>>>([
    { start: '1789990000' },
    { start: '1782224000', end: '1790000000' },
    { start: '1789990000', end: '1790086404' },
    { range: '90d' },
    { member_id: 'all', format: 'columns', include: 'stats' },
  ])('%j is answered', (query) => {
    expect(codeOf(query)).toBeUndefined()
  })

  it.each([
    ['range', ['0m', '1h30m', '1H', '١h']],
    ['start', ['1e10', '1.5', '-1', '9223372036854775808', '']],
    ['step', ['0', '-1', '1.5', '86401', 'x']],
    [
      'member_id',
      ['abc', '-1', '1.0', '01', ' 1', '0x9e73', '1e3', '0', '18446744073709551616', '1'.repeat(40)],
    ],
    ['agg', ['p99', 'AVG', 'avg,min']],
    ['include', ['x', 'stats,', 'stats,x', ',', 'Band']],
    ['format', ['csv']],
  ])('has no %s such as %j', (name, values) => {
    for (const value of values) {
      const { success } = RangeQuery.safeParse({ metrics: PENDING, [name]: value })
      expect([value, success]).toEqual([value, false])
    }
  })
})

it('R25 counts parts of derived metrics alone, and only when something asked for rests on them', () => {
  const few = { ...facts, limits: { ticks: 20_160, parts: 200 } }
  const query = { format: 'columns', metrics: `${PENDING},${PUTS}` }
  expect(() => ask(query, few)).not.toThrow()
  expect(() => ask({ ...query, include: 'stats' }, few)).not.toThrow()
  expect(() => ask({ ...query, include: 'counts', member_id: 'all', agg: 'avg' }, few)).not.toThrow()
  for (const wanted of [{ include: 'stats' }, { include: 'band' }, { agg: 'max' }])
    expect(() => ask({ ...query, ...wanted, member_id: 'all' }, few)).toThrow(
      expect.objectContaining({ code: 'too_many_metrics', details: { max: 0 } }),
    )
})

it('asks again what the parts are when a wider step begins before the samples do', () => {
  const ticks = 1_789_990_260_000
  const horizon = { ticks, rollups: 0 }
  const request = ask({ start: String(ticks / 1_000), end: '1789997460' }, { horizon })
  expect([request.window.from, request.parts]).toEqual([ticks, { kind: 'ticks', length: 30_000 }])
  const wide = widenRequest(request, 1_000, facts)
  expect([wide.window.from, wide.window.step]).toEqual([1_789_990_200_000, 1_800_000])
  expect(wide.parts).toEqual({ kind: 'slots', length: 300_000 })
  expect(widenRequest(request, 1, facts)).toEqual(request)
})

it('lists unknown names in order, once, cut; they name nothing', () => {
  const long = 'x'.repeat(100)
  const list = [
    '__proto__',
    long,
    PUTS,
    'constructor',
    ' ',
    '',
    'a") //',
    PENDING,
    PUTS,
    '<script>',
    long,
  ].join()
  const { metrics, unsure } = readMetricNames(list)
  expect(metrics.map(({ name }) => name)).toEqual([PUTS, PENDING])
  expect(unknownNames(unsure, () => false)).toEqual([
    '__proto__',
    long.slice(0, 64),
    'constructor',
    'a") //',
    '<script>',
  ])
})

describe('R23 a labelled key', () => {
  const RTT = 'etcd_network_peer_round_trip_time_seconds_p99_by_peer'

  it('names the metric of one label value, of which only the store knows whether it is there', () => {
    const key = `${RTT}{peer="10276657743932975437"}`
    const { metrics, unsure } = readMetricNames(`${key},${RTT},${key}`)
    expect(metrics.map(({ name }) => name)).toEqual([RTT, key])
    expect(unsure).toEqual([key])
    expect(unknownNames(unsure, (name) => name === key)).toEqual([])
    expect(unknownNames(unsure, () => false)).toEqual([key.slice(0, 64)])
  })

  it.each([
    `${PENDING}{peer="1"}`,
    `${RTT}{method="Range"}`,
    `${RTT}{peer="1"`,
    `${RTT}{peer=1}`,
    `${RTT}{peer="a""}`,
    `${RTT}{peer="a b"}`,
    `${RTT}{}`,
    `x{peer="1"}`,
    '__proto__{peer="1"}',
  ])('%s names nothing', (name) => {
    expect(readMetricNames(name)).toEqual({ metrics: [], unsure: [name] })
  })

  it('with a comma is two names', () => {
    expect(readMetricNames(`${RTT}{peer="1,2"}`)).toEqual({ metrics: [], unsure: [`${RTT}{peer="1`, '2"}'] })
  })
})
