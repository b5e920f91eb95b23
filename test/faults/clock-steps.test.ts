import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { needFakeTime, openFakeClock } from '@etcdmonitor/rig/fake-time'
import { needServer } from '@etcdmonitor/rig/need-server'
import { type LogLine, startProgram } from '@etcdmonitor/rig/processes'
import { expect, it } from 'vitest'
import { collectAcknowledged, judgeTicks } from '../setup/collector/judge-ticks.ts'

const HOUR = 3_600

needServer('etcd', () => {
  it('F22 keeps, holds and takes up again as the wall clock steps by ±10 s, an hour forward and two back', async ({
    skip,
  }) => {
    using clock = openFakeClock(await needFakeTime(skip))
    await using cluster = await startEtcdCluster({ members: 1 })
    const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-steps-'))
    await using collector = await startProgram({
      args: ['packages/collector/src/main.ts'],
      env: {
        ...clock.env,
        ETCDMONITOR_ETCD_ENDPOINT: cluster.endpoints.join(','),
        ETCDMONITOR_COLLECTOR_INTERVAL: '1',
        ETCDMONITOR_STORAGE_DATA_DIR: folder,
        ETCDMONITOR_LOG_LEVEL: 'debug',
      },
    })
    const committed = (isThere: (at: number) => boolean) =>
      collector.waitForLine(({ json }) => json?.event === 'scrape_committed' && isThere(Number(json.at)))
    const stepped = (byMs: number) =>
      collector.waitForLine(
        ({ json }) => json?.event === 'clock_step' && Math.abs(Number(json.by_ms) - byMs) < 1_000,
      )
    const heldUntil = ({ json }: LogLine) => Date.parse(String(json?.held_until))

    await committed((at) => at > 0)
    clock.set(10)
    expect((await stepped(10_000)).json).not.toHaveProperty('held_until')
    await committed((at) => at > Date.now() + 8_000)
    clock.set(0)
    const held = heldUntil(await stepped(-10_000))
    expect(held).toBeGreaterThan(Date.now())
    await committed((at) => at > held)
    clock.set(HOUR)
    await stepped(HOUR * 1_000)
    const { json: ahead } = await committed((at) => at > Date.now() + (HOUR - 10) * 1_000)
    clock.set(-HOUR)
    expect(heldUntil(await stepped(-2 * HOUR * 1_000))).toBeGreaterThanOrEqual(Number(ahead?.at))
    await collector.waitForLine(
      ({ json }) => json?.event === 'samples_dropped' && Number(json.held_clock) > 0,
    )
    clock.set(HOUR + 60)
    await committed((at) => at > Date.now() + (HOUR + 50) * 1_000)

    await collector.stop()
    expect(await collector.exited).toMatchObject({ code: 0 })
    const acknowledged = collectAcknowledged()
    acknowledged.take(collector.logs())
    const instants = [...acknowledged.keys].map((key) => Number(key.split(' ')[1]))
    expect(instants).toEqual(instants.toSorted((a, b) => a - b)) // nothing was put under what was stored before
    await judgeTicks(folder, acknowledged)
    rmSync(folder, { recursive: true, force: true })
  })
})
