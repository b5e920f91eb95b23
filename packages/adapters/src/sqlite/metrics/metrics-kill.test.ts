import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import type { MemberTicks, MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import { startChild } from '@etcdmonitor/rig/child'
import { expect, it } from 'vitest'
import { systemClock } from '../../node/clock.ts'
import { createLog } from '../../node/log.ts'
import { openSqliteMetricsReader } from './metrics-reader.ts'

const KILLS = 20
const PROGRAM = join(import.meta.dirname, 'append-forever.contract.ts')
const MEMBERS = ['1', '2'].map((memberId) => ({ clusterId: '1', memberId }))

/** Instant by number. */
type Acknowledged = Map<number, number>

it('has every acknowledged tick, once and whole, after kill -9', { timeout: 120_000 }, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-kill-'))
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => rmSync(dataDir, { recursive: true, force: true }))
  const options = { dataDir, clock: systemClock, log: createLog('error') }
  const clock = manualClock()
  await using stayed = openSqliteMetricsReader({ ...options, clock })
  expect(await stayed.members()).toEqual([])
  const acknowledged: Acknowledged = new Map()
  const random = seeded(20_261_020)
  let next = 1
  for (let kill = 0; kill < KILLS; kill++) {
    await runAndKill(dataDir, next, 1 + Math.floor(random() * 8), random() * 60, acknowledged)
    await using fresh = openSqliteMetricsReader(options)
    next = 1 + (await expectTicks(fresh, acknowledged))
  }
  await clock.advance(1_000) // it looks for the file once a second
  await expectTicks(stayed, acknowledged)
})

/** Ends the program `delay` ms after it acknowledged `ticks` of its own. */
async function runAndKill(
  dataDir: string,
  first: number,
  ticks: number,
  delay: number,
  acknowledged: Acknowledged,
): Promise<void> {
  await using child = await startChild({
    command: process.execPath,
    args: [PROGRAM, dataDir, String(first)],
    env: {},
  })
  const before = acknowledged.size
  const enough = Promise.withResolvers<void>()
  child.onLine((line) => {
    const [word, number, at] = line.split(' ')
    if (word === 'stored') acknowledged.set(Number(number), Number(at))
    if (acknowledged.size >= before + ticks) enough.resolve()
  })
  await Promise.race([enough.promise, child.exited])
  if (acknowledged.size === before) throw new Error(`nothing was appended: ${child.logs()}`)
  await systemClock.sleep(delay, new AbortController().signal)
  await child.kill()
}

/** @returns the newest number that is stored; the last one may not have been acknowledged. */
async function expectTicks(reader: MetricsReader, acknowledged: Acknowledged): Promise<number> {
  const from = Math.min(...acknowledged.values())
  const to = systemClock.now() + 60_000
  const found = await reader.ticks({ members: MEMBERS, sources: ['grpc_started'], from, to })
  const [one, other] = found.map(numbersOf)
  expect(other).toEqual(one)
  const stored = new Map(one)
  expect(stored.size).toBe(one?.length)
  for (const [number, at] of acknowledged) expect(stored.get(number), `tick ${number}`).toBe(at)
  return Math.max(...stored.keys())
}

/** Number and instant of each tick; all its values are its number. */
function numbersOf({ times, series }: MemberTicks): readonly (readonly [number: number, at: number])[] {
  expect(series).toHaveLength(120)
  return [...times].map((at, i) => {
    const values = new Set(series.map((one) => one.kind === 'counter' && one.values[i]))
    expect(values.size).toBe(1)
    const [number] = values
    return [Number(number), at]
  })
}

/** In [0, 1), the same in every run (a linear congruence of Numerical Recipes). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
