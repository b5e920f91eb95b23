import { METRICS } from '@etcdmonitor/core/metrics/catalogue'
import { sourceOf } from '@etcdmonitor/core/metrics/sources'
import { READ_LIMITS } from '@etcdmonitor/core/ports/metrics-store'
import { expect, it } from 'vitest'
import { toMembership } from '../members/membership.ts'
import { planReads, rowsOf } from './plan-reads.ts'
import { RangeQuery } from './range-query.ts'
import { toRangeRequest } from './range-request.ts'

const members = Array.from({ length: 130 }, (_, i) => ({ clusterId: '9', memberId: String(i + 1) }))
const covered = (reads: ReturnType<typeof planReads>) =>
  reads.flatMap((read) =>
    read.members.flatMap(({ memberId }) => read.metrics.map(({ name }) => `${memberId} ${name}`)),
  )

it('asks once when everything fits', () => {
  const [read, ...more] = planReads(members.slice(0, 3), METRICS, { rows: 121, withParts: false })
  expect(more).toEqual([])
  expect(read?.sources).toHaveLength(new Set(METRICS.flatMap(({ source }) => source)).size)
})

it('asks for at most 64 members at once', () => {
  expect(
    planReads(members, METRICS.slice(0, 1), { rows: 10, withParts: false }).map(
      (read) => read.members.length,
    ),
  ).toEqual([64, 64, 2])
})

it.each([10, 1_000, 20_160, 500_000])('covers every member and metric once at %i rows', (rows) => {
  const all = covered(planReads(members, METRICS, { rows, withParts: false }))
  expect(new Set(all).size).toBe(members.length * METRICS.length)
  expect(all).toHaveLength(members.length * METRICS.length)
})

it('keeps the metrics of one source in one call', () => {
  const quantiles = METRICS.filter(({ name }) => /^etcd_disk_(wal_fsync|backend_commit)_.*_p\d/.test(name))
  const reads = planReads(members.slice(0, 1), quantiles, { rows: 1_000_000, withParts: false })
  expect(reads.map(({ sources }) => sources)).toEqual([['wal_fsync'], ['backend_commit']])
})

it('asks for nothing when nothing is wanted', () => {
  expect(planReads([], METRICS, { rows: 10, withParts: false })).toEqual([])
  expect(planReads(members, [], { rows: 10, withParts: false })).toEqual([])
})

const DAY = 86_400
const NOW = 1_790_000_000
/** Columns of a slot: five of a gauge, three of a counter; of a histogram its buckets and three. */
const COLUMNS = { gauge: 5, counter: 3, histogram: 24 }

it.each([
  { from: 60, to: 30, stored: 30, parts: 8_640 },
  { from: 85, to: 75, stored: 30, parts: 2_880 },
  { from: 90, to: 1, stored: 30, parts: 4_272 },
  { from: 60, to: 30, stored: 90, parts: 8_640 },
  { from: 7, to: 0, stored: 30, parts: 20_160 },
])('keeps each call within what a store takes: $parts parts from $from d to $to d ago', (row) => {
  const list = METRICS.filter(({ source }) => source.length > 0).slice(0, 40)
  const stored = members.map((member) => ({ member, firstAt: 0, newestAt: NOW * 1_000, newestOkAt: 0 }))
  const request = toRangeRequest(
    RangeQuery.parse({
      metrics: list.map(({ name }) => name).join(),
      start: String(NOW - row.from * DAY),
      end: String(NOW - row.to * DAY),
      member_id: '1',
      format: 'columns',
      include: 'stats',
    }),
    {
      membership: toMembership({ members: [], endpoints: [], stale: true }, stored, 30_000),
      horizon: { ticks: (NOW - row.stored * DAY) * 1_000, rollups: (NOW - 90 * DAY) * 1_000 },
      limits: { ticks: 20_160, parts: 50_000_000 },
      interval: 30_000,
      now: NOW * 1_000,
    },
  )
  const reads = planReads(members, list, {
    rows: rowsOf(request, { interval: 30_000, withParts: true }),
    withParts: true,
  })
  for (const { members: some, sources } of reads) {
    const columns = sources.map((id) => COLUMNS[sourceOf(id).kind] * (sourceOf(id).labels ? 8 : 1))
    const doubles = some.length * row.parts * columns.reduce((sum, own) => sum + own, 0)
    expect(doubles).toBeLessThanOrEqual(READ_LIMITS.doubles)
  }
})
