import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { numberedMembers } from '@etcdmonitor/core/contracts/metrics-samples'
import { startChild } from '@etcdmonitor/rig/child'
import { expect, it } from 'vitest'
import { systemClock } from '../../../node/clock.ts'
import { createLog } from '../../../node/log.ts'
import { openSqliteMetricsWriter } from '../metrics-writer.ts'
import { openSqliteMetricsReader } from '../reading/metrics-reader.ts'
import { expectIntegrity } from '../stored-ticks.contract.ts'

const PROGRAM = join(import.meta.dirname, '../write-forever.contract.ts')
/** Of `write-forever.contract.ts`. */
const START = 1_790_028_000_000
const MINUTE = 60_000
const TICKS = 600 // five windows
/** Of the ticks that are there from the beginning. */
const EVERY = 4
const HUNDRED_DAYS = 144_000
/** Statements from one kill to the next. */
const STRIDE = process.env.TEST_SUITE === 'full' ? 1 : 7

it.each([
  { work: 'retention', next: HUNDRED_DAYS, left: 'SELECT count(*) AS n FROM chunk', less: 1_000 },
  { work: 'vacuum', next: TICKS, left: 'SELECT freelist_count AS n FROM pragma_freelist_count', less: 4_096 },
])('EK-2 is old or new after each kill in the middle of $work', { timeout: 300_000 }, async (row) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-upkeep-'))
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => rmSync(dataDir, { recursive: true, force: true }))
  await makeFile(dataDir)
  const path = join(dataDir, 'metrics.db')
  let kills = 0
  let { next } = row
  for (let isKilled = true; isKilled; kills++) {
    isKilled = await killInUpkeep(dataDir, next, 1 + kills * STRIDE)
    next++
    expectIntegrity(path)
    await expectWhole(dataDir)
  }
  expect(kills).toBeGreaterThan(3)
  using db = new DatabaseSync(path, { readOnly: true })
  expect(db.prepare(row.left).get()?.n).toBeLessThan(row.less) // it came to what it was killed in
})

/** Five sealed windows, and more than the 4,096 free pages from which on they go back to the disk. */
async function makeFile(dataDir: string): Promise<void> {
  const options = { dataDir, clock: systemClock, log: createLog('error') }
  await using writer = await openSqliteMetricsWriter(options)
  for (let n = 0; n < TICKS; n += EVERY)
    await writer.append({
      clusterId: '1',
      at: START + n * MINUTE,
      members: numberedMembers(n),
    })
  const time = { now: START + (TICKS + 60) * MINUTE, steady: 86_400_000 }
  for (let more = true; more; ) ({ more } = await writer.maintain(time))
  using db = new DatabaseSync(join(dataDir, 'metrics.db'))
  db.exec('INSERT INTO chunk VALUES (1, zeroblob(36000000)); DELETE FROM chunk WHERE id = 1')
}

/** False: it came to the end of its housekeeping before that statement of a piece of it. */
async function killInUpkeep(dataDir: string, next: number, statement: number): Promise<boolean> {
  const args = [PROGRAM, dataDir, String(next), String(statement)]
  await using child = await startChild({ command: process.execPath, args, env: {} })
  const isDone = Promise.withResolvers<boolean>()
  child.onLine((line) => line === `stored ${next + 1}` && isDone.resolve(false))
  const isKilled = await Promise.race([
    isDone.promise,
    child.exited.then(({ signal }) => signal === 'SIGKILL'),
  ])
  await child.kill()
  if (isKilled) expect(child.logs()).toBe(`stored ${next}`)
  return isKilled
}

/** What has not gone is there with all its numbers, and what is counted is what is there. */
async function expectWhole(dataDir: string): Promise<void> {
  await using reader = openSqliteMetricsReader({ dataDir, clock: systemClock, log: createLog('error') })
  const from = (await reader.horizon())?.ticks ?? 0
  const members = ['1', '2'].map((memberId) => ({ clusterId: '1', memberId }))
  const window = { from, to: Math.max(from + 1, START + TICKS * MINUTE) }
  for (const { times, first, series } of await reader.ticks({
    members,
    sources: ['grpc_started'],
    ...window,
  })) {
    const numbers = [...times.subarray(first)].map((at) => (at - START) / MINUTE)
    const due = Array.from({ length: TICKS / EVERY }, (_, i) => i * EVERY).filter(
      (n) => START + n * MINUTE >= from,
    )
    expect(numbers.filter((n) => n < TICKS)).toEqual(due)
    for (const one of series)
      expect(one.kind === 'counter' && [...one.values.subarray(first)]).toEqual(numbers)
  }
  using db = new DatabaseSync(join(dataDir, 'metrics.db'), { readOnly: true })
  const counts = db.prepare(`SELECT samples,
    (SELECT coalesce(sum(samples), 0) FROM win WHERE win.id & 8191 = member.id) AS found FROM member`)
  for (const { samples, found } of counts.all()) expect(samples).toBe(found)
}
