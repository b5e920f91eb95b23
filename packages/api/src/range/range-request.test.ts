import { AppError } from '@etcdmonitor/core/errors'
import { describe, expect, it } from 'vitest'
import { toMembership } from '../members/membership.ts'
import { readMetricNames } from './metric-names.ts'
import { RangeQuery } from './range-query.ts'
import { toRangeRequest, toRequestKey } from './range-request.ts'

const NOW = 1_790_000_003_400
const member = (memberId: string, firstAt = 0) => ({
  member: { clusterId: '9', memberId },
  firstAt,
  newestAt: NOW,
  newestOkAt: NOW,
})
const facts = {
  membership: toMembership({ members: [], endpoints: [], stale: true }, [member('1'), member('2')], 30_000),
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
  const others = [
    { range: '2h' },
    { member_id: '2' },
    { step: '60' },
    { format: 'columns' },
    { format: 'columns', include: 'stats' },
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
    ['agg', ['avg', 'p99']],
    ['include', ['band', 'counts', 'stats,band', 'x', 'stats,']],
    ['format', ['csv']],
  ])('has no %s such as %j', (name, values) => {
    for (const value of values) {
      const { success } = RangeQuery.safeParse({ metrics: PENDING, [name]: value })
      expect([value, success]).toEqual([value, false])
    }
  })
})

it('R25 counts parts of derived metrics alone, and only when stats are asked for', () => {
  const few = { ...facts, limits: { ticks: 20_160, parts: 200 } }
  const query = { format: 'columns', metrics: `${PENDING},${PUTS}` }
  expect(() => ask(query, few)).not.toThrow()
  expect(() => ask({ ...query, include: 'stats' }, few)).not.toThrow()
  expect(() => ask({ ...query, include: 'stats', member_id: 'all' }, few)).toThrow(
    expect.objectContaining({ code: 'too_many_metrics', details: { max: 0 } }),
  )
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
  expect(readMetricNames(list)).toMatchObject({
    metrics: [{ name: PUTS }, { name: PENDING }],
    unknown: ['__proto__', long.slice(0, 64), 'constructor', 'a") //', '<script>'],
  })
})
