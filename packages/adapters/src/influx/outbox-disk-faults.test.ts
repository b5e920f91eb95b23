import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { M1, START, scalar, tickOf } from '@etcdmonitor/core/contracts/metrics-samples'
import { silentLog as log } from '@etcdmonitor/core/ports/log'
import type { Child } from '@etcdmonitor/rig/child'
import { mountSmallDisk } from '@etcdmonitor/rig/small-disk'
import { canTrace, failing, startTraced } from '@etcdmonitor/rig/traced-child'
import { expect, it } from 'vitest'
import { openSqliteOutbox } from '../sqlite/outbox/open-outbox.ts'
import { unpackLines } from './batch-body.ts'
import { INTERVAL, openWriterRig } from './writer-rig.contract.ts'

const PROGRAM = join(import.meta.dirname, 'append-forever.contract.ts')
const PLACES = process.env.TEST_SUITE === 'full' ? 100 : 5
/** `sound`: calls before the first that fails, as many as open the file. `least`: a tick takes fewer. */
const FAULTS = [
  { call: 'pwrite64', fault: 'ENOSPC', sound: 300, least: 17 },
  { call: 'pwrite64', fault: 'EIO', sound: 300, least: 17 },
  { call: 'pwrite64', fault: 'EROFS', sound: 300, least: 17 },
  { call: 'fsync', fault: 'EIO', sound: 60, least: 3 },
  { call: 'fsync', fault: 'ENOSPC', sound: 60, least: 3 },
] as const
const FIRST = 1_790_028_000_000

it(`F38 keeps every tick that was acknowledged and goes on after each write or fsync that fails, at ${PLACES} distances`, {
  timeout: 120_000 + PLACES * 20_000,
}, async ({ skip }) => {
  if (!canTrace()) return skip('there is no strace that may trace')
  for (let place = 0; place < PLACES; place++) {
    const { call, fault, sound, least } = FAULTS[place % FAULTS.length] ?? FAULTS[0]
    const every = least + 2 * Math.floor(place / FAULTS.length)
    const dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-outbox-faults-'))
    await using cleanup = new AsyncDisposableStack()
    cleanup.defer(() => rmSync(dataDir, { recursive: true, force: true }))
    const said = { stored: new Set<number>(), refused: new Set<number>() }
    {
      await using child = await startTraced([PROGRAM, dataDir], failing(call, fault, sound, every))
      await untilSaid(child, said)
    }
    using outbox = await openSqliteOutbox({ dataDir, clock: manualClock(), log })
    const reason = `${fault} at every ${every}. ${call}`
    const kept = new Map(
      outbox
        .oldest({ records: 100_000 })
        .map(({ at, body, lines }) => [at, [unpackLines(body).length, lines]]),
    )
    for (const number of said.stored)
      expect(kept.get(FIRST + number * INTERVAL), `${reason}: tick ${number}`).toEqual([202, 202])
    for (const number of said.refused)
      expect(kept.has(FIRST + number * INTERVAL), `${reason}: refused tick ${number}`).toBe(false)
  }
})

it('F38 F42 acknowledges nothing on a full disk, and goes on when there is room', async ({ skip }) => {
  using disk = mountSmallDisk(3)
  if (!disk) return skip('a small file system cannot be mounted here')
  const outbox = await openSqliteOutbox({ dataDir: join(disk.path, 'data'), clock: manualClock(START), log })
  await using rig = await openWriterRig({ outbox })
  rig.answer = () => ({ status: 'none', cause: 'gone' })
  await rig.addTicks(5)
  disk.fill('ballast')
  await expect(rig.addTicks(1)).rejects.toMatchObject({ code: 'storage_unavailable' })
  expect(rig.writer.health()).toEqual({ state: 'degraded', reason: 'disk_full' })
  expect(outbox.totals().records).toBe(5)
  disk.free('ballast')
  const methods = Array.from({ length: 50 }, (_, i) => `method-${i}`)
  await rig.addTicks(5, (i) => [
    tickOf(
      M1,
      methods.map((method) => scalar('grpc_started', i, { method })),
    ),
  ])
  expect(outbox.totals().records).toBe(10)
  rig.answer = () => ({ status: 204 })
  rig.take()
  await rig.clock.advance(60_000)
  const numbers = rig
    .take()
    .flat()
    .map((line) => (Number(line.split(' ').at(-1)) - START) / INTERVAL)
  expect([...new Set(numbers)].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 7, 8, 9, 10, 11])
})

/** Until enough was acknowledged and refused. @throws when the program ends before */
async function untilSaid(
  child: Child,
  said: { readonly stored: Set<number>; readonly refused: Set<number> },
): Promise<void> {
  const enough = Promise.withResolvers<true>()
  child.onLine((line) => {
    const [word = '', number] = line.split(' ')
    if (word === 'stored' || word === 'refused') said[word].add(Number(number))
    if (said.refused.size >= 20 && said.stored.size >= 150) enough.resolve(true)
  })
  if ((await Promise.race([enough.promise, child.exited])) !== true)
    throw new Error(`it ended: ${child.logs()}`)
}
