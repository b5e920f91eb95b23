import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { seededRandom } from '@etcdmonitor/core/contracts/metrics-recording'
import { startChild } from '@etcdmonitor/rig/child'
import { expect, it } from 'vitest'
import { systemClock } from '../../node/clock.ts'
import { createLog } from '../../node/log.ts'
import { openSqliteMetricsReader } from './reading/metrics-reader.ts'
import { expectIntegrity, expectTicks } from './stored-ticks.contract.ts'

const KILLS = process.env.TEST_SUITE === 'full' ? 100 : 12
/** Every third kill comes inside a seal. */
const SEALS = 3
const PROGRAM = join(import.meta.dirname, 'write-forever.contract.ts')
const NEVER = 0

it(`EK-1 loses no acknowledged tick over ${KILLS} kill -9, and rollups equal samples`, {
  timeout: 120_000 + KILLS * 30_000,
}, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-kill-'))
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => rmSync(dataDir, { recursive: true, force: true }))
  const options = { dataDir, clock: systemClock, log: createLog('error') }
  const clock = manualClock()
  await using stayed = openSqliteMetricsReader({ ...options, clock })
  expect(await stayed.members()).toEqual([])
  await clock.advance(1_000) // it looks for the file once a second
  const acknowledged = new Set<number>()
  const random = seededRandom(20_261_020)
  let next = 1
  for (let kill = 0; kill < KILLS; kill++) {
    // A seal of this file is some 620 statements, of which the last 300 write.
    const inSeal = kill % SEALS === 0 ? 50 + Math.floor(random() * 550) : NEVER
    await runAndKill({ dataDir, next, inSeal, ticks: 1 + random() * 100, delay: random() * 60 }, acknowledged)
    await using fresh = openSqliteMetricsReader(options)
    const since = next - 1
    next = 1 + (await expectTicks(fresh, acknowledged, since))
    expect(await expectTicks(stayed, acknowledged, since)).toBe(next - 1)
    expectIntegrity(join(dataDir, 'metrics.db'))
  }
  await using fresh = openSqliteMetricsReader(options)
  for (const reader of [fresh, stayed]) expect(await expectTicks(reader, acknowledged)).toBe(next - 1)
  expect(next).toBeGreaterThan(240) // several windows
})

interface Life {
  readonly dataDir: string
  readonly next: number
  /** Statement of its housekeeping before which it kills itself, or `NEVER`. */
  readonly inSeal: number
  /** How many ticks of its own it acknowledges, and ms until it is killed then. */
  readonly ticks: number
  readonly delay: number
}

async function runAndKill(life: Life, acknowledged: Set<number>): Promise<void> {
  const { dataDir, next, inSeal, ticks, delay } = life
  await using child = await startChild({
    command: process.execPath,
    args: [PROGRAM, dataDir, String(next), String(inSeal)],
    env: {},
  })
  const before = acknowledged.size
  const enough = Promise.withResolvers<void>()
  child.onLine((line) => {
    const [word, number] = line.split(' ')
    if (word === 'stored') acknowledged.add(Number(number))
    if (inSeal === NEVER && acknowledged.size >= before + ticks) enough.resolve()
  })
  await Promise.race([enough.promise, child.exited])
  if (acknowledged.size === before) throw new Error(`nothing was appended: ${child.logs()}`)
  if (inSeal === NEVER) await systemClock.sleep(delay, new AbortController().signal)
  await child.kill()
}
