import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { needServer } from '@etcdmonitor/rig/need-server'
import { startProgram } from '@etcdmonitor/rig/processes'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { collectAcknowledged, judgeTicks } from '../setup/collector/judge-ticks.ts'

const KILLS = process.env.TEST_SUITE === 'full' ? 100 : 20
/** ms after the first acknowledged tick of a life. */
const LONGEST_LIFE = 600

needServer('etcd', () => {
  it(`F24 loses no acknowledged scrape over ${KILLS} kill -9 of the collector at random moments`, async () => {
    await using cluster = await startEtcdCluster({ members: 3 })
    const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-kill-'))
    const acknowledged = collectAcknowledged()
    const lives = fc.sample(fc.integer({ min: 0, max: LONGEST_LIFE }), KILLS)
    for (const life of lives) {
      const program = await startProgram({
        args: ['test/setup/collector/fast-collector.ts', folder, ...cluster.endpoints],
      })
      await program.waitForLine(({ json }) => json?.event === 'scrape_committed')
      await sleep(life) // the fault, not a wait for a condition
      await program.kill()
      acknowledged.take(program.logs())
    }
    expect(acknowledged.keys.size).toBeGreaterThan(KILLS)
    await judgeTicks(folder, acknowledged)
    rmSync(folder, { recursive: true, force: true })
  }, 600_000)
})
