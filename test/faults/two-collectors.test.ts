import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EtcdCluster, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { needServer } from '@etcdmonitor/rig/need-server'
import { type Program, startProgram } from '@etcdmonitor/rig/processes'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { collectAcknowledged, judgeTicks } from '../setup/collector/judge-ticks.ts'
import { eventually } from '../setup/eventually.ts'

const RELAYS = process.env.TEST_SUITE === 'full' ? 40 : 8
const RIVALS = 5

const countCommitted = (program: Program) => program.logs().split('"scrape_committed"').length - 1

needServer('etcd', () => {
  describe('two collectors on one data folder', () => {
    let cluster: EtcdCluster
    let folder: string
    beforeAll(async () => {
      cluster = await startEtcdCluster({ members: 3 })
    })
    afterAll(() => cluster.dispose())
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-two-'))
    })
    afterEach(() => rmSync(folder, { recursive: true, force: true }))

    const startFast = () =>
      startProgram({ args: ['test/setup/collector/fast-collector.ts', folder, ...cluster.endpoints] })
    const startOne = () =>
      startProgram({
        args: ['packages/collector/src/main.ts'],
        env: {
          ETCDMONITOR_ETCD_ENDPOINT: cluster.endpoints.join(','),
          ETCDMONITOR_COLLECTOR_INTERVAL: '1',
          ETCDMONITOR_STORAGE_DATA_DIR: folder,
          ETCDMONITOR_LOG_LEVEL: 'debug',
        },
      })

    it(`F23 the second waits, and takes over without a lost or doubled tick, ${RELAYS} times`, async () => {
      const acknowledged = collectAcknowledged()
      let holder = await startFast()
      for (let i = 0; i < RELAYS; i++) {
        await holder.waitForLine(({ json }) => json?.event === 'scrape_committed')
        const next = await startFast()
        const before = countCommitted(holder)
        await eventually('the first goes on', () => countCommitted(holder) > before + 20)
        expect(countCommitted(next)).toBe(0)
        if (i % 2 === 0) await holder.kill()
        else await holder.stop()
        acknowledged.take(holder.logs())
        holder = next
      }
      await holder.waitForLine(({ json }) => json?.event === 'scrape_committed')
      await holder.stop()
      acknowledged.take(holder.logs())
      await judgeTicks(folder, acknowledged)
    }, 300_000)

    it(`F23 of ${RIVALS} that start at once one writes, and the others refuse with 78 and its name`, async () => {
      const all = await Promise.all(Array.from({ length: RIVALS }, startOne))
      const ends = await Promise.all(
        all.map((program) =>
          Promise.race([
            program.exited,
            program.waitForLine(({ json }) => json?.event === 'scrape_committed'),
          ]),
        ),
      )
      const writers = all.filter((_, i) => ends[i] !== undefined && 'json' in ends[i])
      expect(writers).toHaveLength(1)
      const [writer] = writers
      for (const rival of all.filter((one) => one !== writer)) {
        expect(await rival.exited).toMatchObject({ code: 78 })
        expect(rival.logs()).toContain(`another collector writes to ${folder}: {"pid":${writer?.pid},`)
        expect(countCommitted(rival)).toBe(0)
      }
      await writer?.stop()
      const acknowledged = collectAcknowledged()
      acknowledged.take(writer?.logs() ?? '')
      await judgeTicks(folder, acknowledged)
    })
  })
})
