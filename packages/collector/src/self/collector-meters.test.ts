import { AppError } from '@etcdmonitor/core/errors'
import { expect, it } from 'vitest'
import { BETA, startRig } from '../collector-rig.contract.ts'

type Rig = Awaited<ReturnType<typeof startRig>>

/** The number behind a name with its labels, as it stands on the page. */
const shown = ({ meters }: Pick<Rig, 'meters'>, series: string): number | undefined => {
  const line = meters()
    .split('\n')
    .find((one) => one.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1))
}

it('counts ticks, pages by how they ended, commits and members, from 0 on', async () => {
  const rig = await startRig({ prepare: (cluster) => cluster.setPage(BETA, { reason: 'tls', detail: '' }) })
  const { clock, store, stop } = rig
  expect(shown(rig, 'etcdmonitor_collector_ticks_total')).toBe(0)
  expect(shown(rig, 'etcdmonitor_collector_last_commit_timestamp_seconds')).toBe(0)
  expect(shown(rig, 'etcdmonitor_collector_scrapes_total{result="blocked_url"}')).toBe(0)
  await clock.advance(95_000)
  expect(shown(rig, 'etcdmonitor_collector_ticks_total')).toBe(3)
  expect(shown(rig, 'etcdmonitor_collector_tick_delay_seconds_count')).toBe(3)
  expect(shown(rig, 'etcdmonitor_collector_scrapes_total{result="ok"}')).toBe(6)
  expect(shown(rig, 'etcdmonitor_collector_scrapes_total{result="tls"}')).toBe(3)
  expect(shown(rig, 'etcdmonitor_collector_scrape_duration_seconds_bucket{le="+Inf"}')).toBe(9)
  expect(shown(rig, 'etcdmonitor_store_commits_total{store="metrics",result="ok"}')).toBe(
    store.batches.length,
  )
  expect(shown(rig, 'etcdmonitor_collector_samples_total')).toBe(9)
  expect(shown(rig, 'etcdmonitor_collector_members{state="healthy"}')).toBe(3)
  expect(shown(rig, 'etcdmonitor_collector_discoveries_total{result="failed"}')).toBe(0)
  expect(shown(rig, 'etcdmonitor_collector_discoveries_total{result="ok"}')).toBeGreaterThan(0)
  await stop()
})

it('counts what was not stored by its reason, and says when the last commit was', async () => {
  const rig = await startRig()
  const { clock, store, stop } = rig
  await clock.advance(35_000)
  const committed = shown(rig, 'etcdmonitor_collector_last_commit_timestamp_seconds') ?? 0
  expect(clock.now() / 1_000 - committed).toBeLessThan(5)
  store.state.failure = new AppError('storage_unavailable', 'the disk is full')
  await clock.advance(30_000)
  expect(shown(rig, 'etcdmonitor_store_commits_total{store="metrics",result="failed"}')).toBe(1)
  expect(shown(rig, 'etcdmonitor_collector_samples_dropped_total{reason="store_full"}')).toBeGreaterThan(20)
  expect(shown(rig, 'etcdmonitor_collector_last_commit_timestamp_seconds')).toBe(committed)
  store.state.failure = undefined
  clock.step(-120_000)
  await clock.advance(30_000)
  expect(shown(rig, 'etcdmonitor_collector_clock_steps_total{direction="back"}')).toBe(1)
  expect(shown(rig, 'etcdmonitor_collector_clock_steps_total{direction="forward"}')).toBe(0)
  expect(shown(rig, 'etcdmonitor_collector_samples_dropped_total{reason="held_clock"}')).toBeGreaterThan(20)
  await stop()
})

it('counts the ticks that a standstill ran over', async () => {
  const rig = await startRig()
  await rig.clock.advance(35_000)
  rig.clock.standStill(95_000)
  await rig.clock.advance(35_000)
  expect(shown(rig, 'etcdmonitor_collector_ticks_skipped_total')).toBeGreaterThanOrEqual(3)
  await rig.stop()
})
