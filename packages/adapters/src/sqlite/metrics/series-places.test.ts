import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { seededRandom } from '@etcdmonitor/core/contracts/metrics-recording'
import type { Labels } from '@etcdmonitor/core/metrics/sample'
import { silentLog } from '@etcdmonitor/core/ports/log'
import { expect, it } from 'vitest'
import { openSqliteMetricsWriter } from './metrics-writer.ts'
import { openSqliteMetricsReader } from './reading/metrics-reader.ts'

const AT = 1_790_000_040_000
const MINUTE = 60_000
const LABELS: readonly Labels[] = [
  {},
  ...['Put', 'Range', 'Txn'].flatMap((method) => [{ method }, { method, class: 'unary' }]),
]
const BOUNDS = [[0.1], [0.1, 1], [0.2, 1]]
const ORDERS = ['class', 'method'] as const

/** In any order of its keys. */
const turned = (labels: Labels, isTurned: boolean): Labels =>
  isTurned ? Object.fromEntries(ORDERS.flatMap((key) => (labels[key] ? [[key, labels[key]]] : []))) : labels

it('keeps each series at its place, in whatever order its samples come and go', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-places-'))
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => rmSync(dataDir, { recursive: true, force: true }))
  const options = { dataDir, clock: manualClock(AT), log: silentLog }
  await using writer = await openSqliteMetricsWriter(options)
  await using reader = openSqliteMetricsReader(options)
  const random = seededRandom(20_261_129)
  const some = <T>(all: readonly T[]) =>
    all
      .map((one) => ({ one, order: random() }))
      .filter(({ order }) => order < 0.8)
      .sort((a, b) => a.order - b.order)
      .map(({ one }) => one)
  const stored = new Map<string, number>()
  const keyOf = (i: number, labels: Labels, bounds: readonly number[] = []) =>
    `${i} ${labels.method} ${labels.class} ${bounds}`
  for (let i = 0; i < 60; i++) {
    const isSettled = i % 3 < 2 // so that the next series is the one that is expected
    const value = (n: number) => i * 1_000 + n
    const scalars = (isSettled ? LABELS : some(LABELS)).map((labels) => ({
      source: 'grpc_started' as const,
      labels: turned(labels, random() < 0.5),
      value: value(LABELS.indexOf(labels)),
    }))
    const histograms = some(BOUNDS).map((bounds) => ({
      source: 'wal_fsync' as const,
      labels: {},
      bounds,
      buckets: [...bounds.map(() => 1), 1],
      sum: value(100 + BOUNDS.indexOf(bounds)),
    }))
    for (const one of scalars) stored.set(keyOf(i, one.labels), one.value)
    for (const one of histograms) stored.set(keyOf(i, {}, one.bounds), one.sum)
    const members = [{ memberId: '2', scalars, histograms }]
    await writer.append({ clusterId: '1', at: AT + i * MINUTE, members })
  }
  const query = { members: [{ clusterId: '1', memberId: '2' }], from: AT, to: AT + 60 * MINUTE }
  const [ticks] = await reader.ticks({ ...query, sources: ['grpc_started', 'wal_fsync'] })
  const found = new Map<string, number>()
  for (const one of ticks?.series ?? [])
    for (const [k, value] of (one.kind === 'histogram' ? one.sum : one.values).entries())
      if (!Number.isNaN(value))
        found.set(keyOf(k, one.labels, one.kind === 'histogram' ? one.bounds : []), value)
  expect(ticks?.series).toHaveLength(LABELS.length + BOUNDS.length)
  expect(found).toEqual(stored)
})
