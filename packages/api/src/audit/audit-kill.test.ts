import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes } from '@etcdmonitor/adapters/node/random'
import { openSqliteState } from '@etcdmonitor/adapters/sqlite/state/state-store'
import { seededRandom } from '@etcdmonitor/core/contracts/metrics-recording'
import { startChild } from '@etcdmonitor/rig/child'
import { expect, it } from 'vitest'

const KILLS = process.env.TEST_SUITE === 'full' ? 100 : 10
const PROGRAM = join(import.meta.dirname, 'act-forever.contract.ts')

it(`C21 has an intent of every act over ${KILLS} kill -9, and no outcome of an act that was not done`, {
  timeout: 120_000 + KILLS * 10_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-audit-kill-'))
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => rmSync(folder, { recursive: true, force: true }))
  const [stateFile, actsFile] = [join(folder, 'state.db'), join(folder, 'acts')]
  const random = seededRandom(20_261_129)
  const acts = new Set<number>()
  let isAnyPending = false
  for (let kill = 0; kill < KILLS; kill++) {
    const next = 1 + kill * 1_000_000 // beyond all that the life before began
    await runAndKill([stateFile, actsFile, String(next)], random() * 100)
    for (const line of readFileSync(actsFile, 'utf8').trimEnd().split('\n')) acts.add(Number(line))
    const entries = await readEntries(stateFile)
    expect([...acts].filter((number) => !entries.has(number))).toEqual([])
    const succeeded = [...entries].filter(([, verdict]) => verdict === 'succeeded')
    expect(succeeded.filter(([number]) => !acts.has(number))).toEqual([])
    isAnyPending ||= [...entries.values()].includes('pending')
  }
  expect(acts.size).toBeGreaterThan(KILLS)
  expect(isAnyPending).toBe(true) // some kill came between an intent and its outcome
})

async function runAndKill(args: readonly string[], delay: number): Promise<void> {
  await using child = await startChild({ command: process.execPath, args: [PROGRAM, ...args], env: {} })
  const acted = Promise.withResolvers<void>()
  child.onLine((line) => {
    if (line === 'acted') acted.resolve()
  })
  const ended = child.exited.then(() => Promise.reject(new Error(`it ended: ${child.logs()}`)))
  await Promise.race([acted.promise, ended])
  await clock.sleep(delay, new AbortController().signal)
  await child.kill()
  await ended.catch(() => undefined)
}

/** What the audit log says of each act. */
async function readEntries(stateFile: string): Promise<ReadonlyMap<number, string>> {
  await using state = await openSqliteState(stateFile, { clock, random: randomBytes })
  const entries = new Map<number, string>()
  for await (const batch of state.audit.scan({}))
    for (const { target, verdict } of batch) entries.set(Number(target), verdict)
  return entries
}
