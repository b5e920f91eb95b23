import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { startFaultProxy } from '@etcdmonitor/rig/fault-proxy'
import { needServer } from '@etcdmonitor/rig/need-server'
import { startProgram } from '@etcdmonitor/rig/processes'
import { expect, it } from 'vitest'
import { collectAcknowledged, judgeTicks } from '../setup/collector/judge-ticks.ts'

const PAUSES = process.env.TEST_SUITE === 'full' ? 30 : 4
/** Beyond a scrape's deadline of a third of a second and the second by which timers tell a standstill. */
const PAUSE = 2_500

needServer('etcd', () => {
  it(`P2 stores no outage of a member because both stood still, ${PAUSES} times while a request was under way`, async () => {
    await using cluster = await startEtcdCluster({ members: 1 })
    await using proxy = await startFaultProxy(cluster.endpoints[0] ?? '')
    await proxy.set({ mode: 'delay', ms: 40 }) // so that requests can be met on their way
    const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-pause-'))
    await using collector = await startProgram({
      args: ['packages/collector/src/main.ts'],
      env: {
        ETCDMONITOR_ETCD_ENDPOINT: proxy.url,
        ETCDMONITOR_COLLECTOR_INTERVAL: '1',
        ETCDMONITOR_STORAGE_DATA_DIR: folder,
        ETCDMONITOR_LOG_LEVEL: 'debug',
      },
    })
    const committedAfter = (instant: number) =>
      collector.waitForLine(({ json }) => json?.event === 'scrape_committed' && Number(json.at) > instant)
    await committedAfter(0)
    for (let i = 0; i < PAUSES; i++) {
      const asked = proxy.counts().up
      while (proxy.counts().up === asked) await sleep(1) // until a request is under way
      cluster.members[0]?.hang() // as when the machine of both is suspended
      collector.hang()
      await sleep(PAUSE) // the fault, not a wait for a condition
      collector.resume()
      cluster.members[0]?.resume()
      await committedAfter(Date.now())
    }
    await collector.stop()
    const events = collector.logs()
    expect(events).not.toContain('"event":"scrape_failed"')
    expect(events).toContain('"event":"ticks_skipped"')
    const acknowledged = collectAcknowledged()
    acknowledged.take(events)
    await judgeTicks(folder, acknowledged)
    rmSync(folder, { recursive: true, force: true })
  })
})
