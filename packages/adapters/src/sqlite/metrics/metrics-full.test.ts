import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededRandom } from '@etcdmonitor/core/contracts/metrics-recording'
import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import type { Log } from '@etcdmonitor/core/ports/log'
import { mountSmallDisk } from '@etcdmonitor/rig/small-disk'
import { expect, it, vi } from 'vitest'
import { systemClock } from '../../node/clock.ts'
import { createLog } from '../../node/log.ts'
import { openSqliteMetricsWriter } from './metrics-writer.ts'
import { openSqliteMetricsReader } from './reading/metrics-reader.ts'

const AT = 1_790_000_010_000
const MINUTE = 60_000
const DAY = 1_440 * MINUTE
const MEMBER = { clusterId: '1', memberId: '2' }
const tick = (i: number): TickBatch => ({
  clusterId: '1',
  at: AT + i * 1_000,
  members: [
    {
      memberId: '2',
      scalars: Array.from({ length: 400 }, (_, n) => ({
        source: 'grpc_started',
        labels: { method: `M${n}` },
        value: i,
      })),
      histograms: [],
    },
  ],
})

it('F42 reports a full disk, keeps what it has, and goes on when there is room', async ({ skip }) => {
  using disk = mountSmallDisk(3)
  if (!disk) return skip('a small file system cannot be mounted here')
  const options = { dataDir: join(disk.path, 'data'), clock: systemClock, log: createLog('error') }
  const ballast = join(disk.path, 'ballast')
  writeFileSync(ballast, new Uint8Array(1_048_576))
  await using writer = await openSqliteMetricsWriter(options)
  await using reader = openSqliteMetricsReader(options)

  let i = 0
  const outcomes = new Map<number, boolean>()
  const append = () =>
    writer.append(tick(i)).then(
      () => void outcomes.set(i++, true),
      (error: unknown) => {
        outcomes.set(i++, false)
        return error
      },
    )
  let refusal: unknown
  while (refusal === undefined && i < 5_000) refusal = await append()
  expect(refusal).toMatchObject({ code: 'storage_unavailable' })
  expect(writer.health()).toEqual({ state: 'degraded', reason: 'disk_full' })
  disk.fill('rest')
  await expect(writer.remember('one', 'x'.repeat(60_000))).rejects.toMatchObject({
    code: 'storage_unavailable',
  })
  expect(await reader.members()).toMatchObject([{ member: MEMBER, newestAt: AT + (i - 2) * 1_000 }])

  disk.free('rest')
  rmSync(ballast)
  expect(await append()).toBeUndefined()
  expect(writer.health()).toEqual({ state: 'ok', reason: '' })
  const window = { from: AT, to: AT + i * 1_000 }
  const [ticks] = await reader.ticks({ ...window, members: [MEMBER], sources: ['grpc_started'] })
  const stored = [...outcomes].filter(([, isStored]) => isStored).map(([n]) => AT + n * 1_000)
  expect([...(ticks?.times ?? [])]).toEqual(stored)
})

it('F42 gives up the oldest samples where room is low, and none of the newest day', async ({ skip }) => {
  using disk = mountSmallDisk(16)
  if (!disk) return skip('a small file system cannot be mounted here')
  writeFileSync(join(disk.path, 'ballast'), new Uint8Array(12_000_000))
  const warn = vi.fn<Log['warn']>()
  const options = {
    dataDir: join(disk.path, 'data'),
    clock: systemClock,
    log: { ...createLog('error'), warn },
  }
  await using writer = await openSqliteMetricsWriter(options)
  await using reader = openSqliteMetricsReader(options)
  const random = seededRandom(3)
  const start = Math.ceil(AT / DAY) * DAY
  const ticks = 4 * 24 * 60 // one a minute, for 4 days
  for (let i = 0; i < ticks; i++) {
    const at = start + i * MINUTE
    const scalars = Array.from({ length: 60 }, (_, n) => ({
      source: 'grpc_started' as const,
      labels: { method: `M${n}` },
      value: random(),
    }))
    expect(
      await writer.append({ clusterId: '1', at, members: [{ memberId: '2', scalars, histograms: [] }] }),
    ).toMatchObject({ stored: 60 })
    if (at % (5 * MINUTE) !== 0) continue
    for (let more = true; more; ) ({ more } = await writer.maintain({ now: at, steady: 600_000 }))
  }
  const now = start + ticks * MINUTE
  const horizon = await reader.horizon()
  expect(horizon?.ticks).toBeGreaterThan(start)
  expect(horizon?.ticks).toBeLessThanOrEqual(now - DAY)
  expect(horizon?.rollups).toBe(start)
  const [left] = await reader.ticks({
    members: [MEMBER],
    sources: ['grpc_started'],
    from: now - DAY,
    to: now,
  })
  expect(left?.times.slice(left.first)).toHaveLength(24 * 60)
  expect(warn.mock.calls[0]?.[0]).toBe('store_pruned')
})
