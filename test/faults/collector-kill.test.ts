import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { createLog } from '@etcdmonitor/adapters/node/log'
import { openSqliteMetricsReader } from '@etcdmonitor/adapters/sqlite/metrics/metrics-reader'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { needServer } from '@etcdmonitor/rig/need-server'
import { startProgram } from '@etcdmonitor/rig/processes'
import fc from 'fast-check'
import { expect, it } from 'vitest'

const KILLS = process.env.TEST_SUITE === 'full' ? 100 : 20
/** ms after the first acknowledged tick of a life. */
const LONGEST_LIFE = 600

interface Acknowledged {
  readonly member_id: string
  readonly at: number
}

needServer('etcd', () => {
  it(`F24 loses no acknowledged scrape over ${KILLS} kill -9 of the collector at random moments`, async () => {
    await using cluster = await startEtcdCluster({ members: 3 })
    const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-kill-'))
    const acknowledged = new Map<string, Acknowledged>()
    const lives = fc.sample(fc.integer({ min: 0, max: LONGEST_LIFE }), KILLS)
    for (const life of lives) {
      const program = await startProgram({
        args: ['test/setup/fast-collector.ts', folder, ...cluster.endpoints],
      })
      await program.waitForLine(({ json }) => json?.event === 'scrape_committed')
      await sleep(life) // the fault, not a wait for a condition
      await program.kill()
      for (const line of program.logs().split('\n')) {
        if (!line.includes('"scrape_committed"') || !line.endsWith('}')) continue
        const scrape = JSON.parse(line) as Acknowledged
        expect(acknowledged.has(`${scrape.member_id} ${scrape.at}`), 'acknowledged twice').toBe(false)
        acknowledged.set(`${scrape.member_id} ${scrape.at}`, scrape)
      }
    }

    await using reader = openSqliteMetricsReader({
      dataDir: folder,
      clock: systemClock,
      log: createLog('error'),
    })
    const stored = new Set<string>()
    for (const { member, firstAt, newestAt } of await reader.members()) {
      const [ticks] = await reader.ticks({
        members: [member],
        sources: ['collector_up'],
        from: firstAt,
        to: newestAt + 1,
      })
      const values = ticks?.series[0]?.kind === 'gauge' ? ticks.series[0].values : new Float64Array()
      expect(values.length).toBe(ticks?.times.length)
      expect(new Set(ticks?.times).size, 'a tick is stored once').toBe(values.length)
      ticks?.times.forEach((at, i) => {
        if (!Number.isNaN(values[i])) stored.add(`${member.memberId} ${at}`)
      })
    }
    expect(reader.health().state).toBe('ok')
    expect(acknowledged.size).toBeGreaterThan(KILLS)
    expect([...acknowledged.keys()].filter((key) => !stored.has(key))).toEqual([])
    rmSync(folder, { recursive: true, force: true })
  }, 600_000)
})
