import { mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { systemClock } from '../../node/clock.ts'
import { createLog } from '../../node/log.ts'
import { openSqliteMetricsWriter } from './metrics-writer.ts'
import { openSqliteMetricsReader } from './reading/metrics-reader.ts'

/** ms */
const LENGTH = process.env.TEST_SUITE === 'full' ? 600_000 : 3_000
const INTERVAL = 50
const START = 1_790_028_000_000
const MEMBERS = [{ clusterId: '1', memberId: '2' }]
const SOURCES = ['grpc_started'] as const
const MAX_LOG_BYTES = 67_108_864

it(`EK-5 holds neither log nor descriptors over ${LENGTH / 1_000} s of range queries at ticks of 50 ms`, {
  timeout: 120_000 + 2 * LENGTH,
}, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-load-'))
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => rmSync(dataDir, { recursive: true, force: true }))
  const options = { dataDir, clock: systemClock, log: createLog('error') }
  await using writer = await openSqliteMetricsWriter(options)
  await using reader = openSqliteMetricsReader(options)
  const end = systemClock.monotonic() + LENGTH
  const isOver = () => systemClock.monotonic() >= end
  let ticks = 0
  let queries = 0
  let largest = 0
  const descriptors = new Set<number>()

  const append = async () => {
    const at = START + ticks * INTERVAL
    const scalars = Array.from({ length: 300 }, (_, n) => ({
      source: SOURCES[0],
      labels: { method: `M${n}` },
      value: ticks,
    }))
    await writer.append({ clusterId: '1', at, members: [{ memberId: '2', scalars, histograms: [] }] })
    ticks++
    largest = Math.max(largest, statSync(join(dataDir, 'metrics.db-wal')).size)
    descriptors.add(openFilesIn(dataDir))
  }
  const collect = async () => {
    for (; !isOver(); await systemClock.sleep(INTERVAL, new AbortController().signal)) await append()
  }
  const query = async () => {
    for (; !isOver(); await setImmediate()) {
      const to = START + ticks * INTERVAL
      const window = { members: MEMBERS, sources: SOURCES, from: to - 60_000, to }
      const [found] = await reader.ticks(window)
      await reader.slots({ ...window, step: 1_000 })
      const newest = found?.series[0]
      if (newest?.kind === 'counter') expect(newest.values.at(-1)).toBe((to - START) / INTERVAL - 1)
      queries++
    }
  }
  await append()
  await reader.members() // its descriptors are open from here on
  descriptors.clear()
  await Promise.all([collect(), query()])
  expect(queries).toBeGreaterThan(LENGTH / 1_000)
  expect(ticks).toBeGreaterThan(LENGTH / 1_000)
  expect(largest).toBeLessThanOrEqual(MAX_LOG_BYTES)
  expect(descriptors.size).toBe(1)
})

const openFilesIn = (folder: string): number =>
  readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).startsWith(folder)).length

/** The descriptor with which the folder was listed is closed again. */
function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return ''
  }
}
