import { METRICS } from '@etcdmonitor/core/metrics/catalogue'
import { expect, it } from 'vitest'
import { planReads } from './plan-reads.ts'

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
