import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { createLog } from '@etcdmonitor/adapters/node/log'
import { openSqliteMetricsReader } from '@etcdmonitor/adapters/sqlite/metrics/reading/metrics-reader'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { needServer } from '@etcdmonitor/rig/need-server'
import { type LogLine, startProgram } from '@etcdmonitor/rig/processes'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))
/** Nobody listens there: port 1 is not given to servers. */
const NOWHERE = 'http://127.0.0.1:1'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-collector-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function start(endpoints: readonly string[], more = '', collector: object = {}) {
  const file = join(folder, 'config.yaml')
  const config = {
    etcd: { endpoint: endpoints },
    collector: { interval: 1, ...collector },
    storage: { data_dir: join(folder, 'data') },
    log: { level: 'debug' },
  }
  writeFileSync(file, more || JSON.stringify(config)) // JSON is YAML
  return startProgram({ args: [MAIN, '--config', file] })
}

const isEvent =
  (event: string) =>
  ({ json }: LogLine) =>
    json?.event === event

async function storedMembers() {
  await using reader = openSqliteMetricsReader({
    dataDir: join(folder, 'data'),
    clock,
    log: createLog('error'),
  })
  return await reader.members() // while it is open
}

describe('the collector process', () => {
  it('D6 starts without etcd, and ends with 0 when it is asked to stop', async () => {
    await using program = await start([NOWHERE])
    await program.waitForLine(isEvent('etcd_endpoint_failed'))
    await program.stop()
    expect(await program.exited).toMatchObject({ code: 0 })
    expect(program.logs()).toContain('"event":"collector_stopped"')
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700)
    expect(await storedMembers()).toEqual([])
  })

  it('H1 H3 serves health and metrics of its own where they are wanted', async () => {
    await using program = await start([NOWHERE], '', { listen: '127.0.0.1:0' })
    const { json } = await program.waitForLine(isEvent('collector_listening'))
    const ask = async (path: string) => {
      const answer = await fetch(`http://127.0.0.1:${String(json?.port)}${path}`, {
        redirect: 'error',
        signal: AbortSignal.timeout(10_000),
      })
      return [answer.status, await answer.text()] as const
    }
    expect(await ask('/healthz')).toEqual([200, '{"status":"ok"}'])
    expect(await ask('/readyz')).toEqual([200, '{"status":"ready","checks":{"metrics_store":"ok"}}'])
    const [status, page] = await ask('/metrics')
    expect(status).toBe(200)
    expect(page).toMatch(/^etcdmonitor_collector_discoveries_total\{result="failed"\} \d+$/m)
    expect(page).toMatch(/^process_resident_memory_bytes \d{7,}$/m)
    expect(page).not.toContain('etcdmonitor_outbox')
    await program.stop()
    expect(await program.exited).toMatchObject({ code: 0 })
  })

  it('F28 refuses a wrong configuration with 78 and every problem on standard error', async () => {
    await using program = await start([], 'collector:\n  interval: -1\nlog:\n  level: loud\n')
    expect(await program.exited).toMatchObject({ code: 78 })
    expect(program.logs()).toMatch(/^collector\.interval: .*-1/m)
    expect(program.logs()).toMatch(/^log\.level: .*loud/m)
  })

  needServer('etcd', () => {
    it('F26 keeps what it said was committed, and stores no outage when it stops beside a member that hangs', async () => {
      await using cluster = await startEtcdCluster({ members: 1 })
      await using program = await start(cluster.endpoints)
      await program.waitForLine(isEvent('scrape_committed'))
      cluster.members[0]?.hang()
      await program.waitForLine(({ json }) => json?.event === 'scrape_failed')
      await program.stop()
      expect(await program.exited).toMatchObject({ code: 0 })
      const committed = program
        .logs()
        .split('\n')
        .filter((line) => line.includes('"scrape_committed"'))
        .map((line) => JSON.parse(line) as { readonly member_id: string; readonly at: number })
      const [member] = await storedMembers()
      expect(member?.member.memberId).toBe(committed[0]?.member_id)
      expect(member?.newestAt).toBe(committed.at(-1)?.at)
      expect(member?.info?.name).toBe('etcd-0')
    })

    it('stores collector_up 0 after a restart for members that are down by then', async () => {
      await using cluster = await startEtcdCluster({ members: 1 })
      {
        await using program = await start(cluster.endpoints)
        await program.waitForLine(isEvent('scrape_committed'))
        await program.stop()
        await program.exited
      }
      const [before] = await storedMembers()
      await cluster.members[0]?.kill()
      await using program = await start(cluster.endpoints)
      const { json } = await program.waitForLine(isEvent('scrape_committed'))
      expect(json).toMatchObject({ member_id: before?.member.memberId })
      await program.stop()
      const [after] = await storedMembers()
      expect(after?.newestAt).toBeGreaterThan(before?.newestAt ?? Infinity)
      expect(after?.newestOkAt).toBe(before?.newestOkAt)
      expect(after?.info?.scrapeError).toMatch(/^refused/)
    })
  })
})
