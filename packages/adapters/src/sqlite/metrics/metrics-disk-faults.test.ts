import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Child } from '@etcdmonitor/rig/child'
import { canTrace, failing, startTraced } from '@etcdmonitor/rig/traced-child'
import { expect, it } from 'vitest'
import { systemClock } from '../../node/clock.ts'
import { createLog } from '../../node/log.ts'
import { openSqliteMetricsReader } from './reading/metrics-reader.ts'
import { expectIntegrity, expectTicks } from './stored-ticks.contract.ts'

const PROGRAM = join(import.meta.dirname, 'write-forever.contract.ts')
const PLACES = process.env.TEST_SUITE === 'full' ? 200 : 4
/** `sound`: calls before the first that fails, as many as open the file. `least`: a tick takes fewer. */
const FAULTS = [
  { call: 'pwrite64', fault: 'ENOSPC', sound: 300, least: 37 },
  { call: 'pwrite64', fault: 'EIO', sound: 300, least: 37 },
  { call: 'fsync', fault: 'EIO', sound: 60, least: 3 },
  { call: 'fsync', fault: 'ENOSPC', sound: 60, least: 3 },
] as const

it(`EK-3 goes on after each write or fsync that fails, at ${PLACES} distances`, {
  timeout: 120_000 + PLACES * 20_000,
}, async ({ skip }) => {
  if (!canTrace()) return skip('there is no strace that may trace')
  for (let place = 0; place < PLACES; place++) {
    const { call, fault, sound, least } = FAULTS[place % FAULTS.length] ?? FAULTS[0]
    const every = least + 2 * Math.floor(place / FAULTS.length)
    const dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-faults-'))
    await using cleanup = new AsyncDisposableStack()
    cleanup.defer(() => rmSync(dataDir, { recursive: true, force: true }))
    const acknowledged = new Set<number>()
    let refused = 0
    {
      await using child = await startTraced([PROGRAM, dataDir, '1', '0'], failing(call, fault, sound, every))
      await untilLine(child, (word, number) => {
        if (word === 'stored') acknowledged.add(number)
        else refused++
        return refused >= 20 && acknowledged.size >= 150
      })
    }
    const reason = `${fault} at every ${every}. ${call}`
    await using reader = openSqliteMetricsReader({ dataDir, clock: systemClock, log: createLog('error') })
    expect(await expectTicks(reader, acknowledged), reason).toBeGreaterThanOrEqual(Math.max(...acknowledged))
    expectIntegrity(join(dataDir, 'metrics.db'))
  }
})

it('EK-6 has the log on the disk before a tick is acknowledged', async ({ skip }) => {
  if (!canTrace()) return skip('there is no strace that may trace')
  const dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-fsync-'))
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => rmSync(dataDir, { recursive: true, force: true }))
  const trace = join(dataDir, 'trace')
  {
    await using child = await startTraced(
      [PROGRAM, dataDir, '1', '0'],
      ['-y', '-o', trace, '-e', 'trace=pwrite64,fsync,fdatasync,write'],
    )
    await untilLine(child, (word, number) => word === 'stored' && number === 50)
  }
  let isWritten = false
  let isSynced = false
  let acknowledged = 0
  let syncing = ''
  for (const line of readFileSync(trace, 'utf8').split('\n')) {
    const [pid = ''] = line.split(' ')
    // a call of another thread in between breaks the line in two
    if (/f(data)?sync\(\d+<[^>]*metrics\.db-wal> <unfinished/.test(line)) syncing = pid
    if (pid === syncing && /<\.\.\. f(data)?sync resumed>\) += 0/.test(line)) isSynced = true
    if (/pwrite64\(\d+<[^>]*metrics\.db-wal>/.test(line)) [isWritten, isSynced] = [true, false]
    if (/f(data)?sync\(\d+<[^>]*metrics\.db-wal>\) += 0/.test(line)) isSynced = true
    if (!/write\(\d+<[^>]*>, "stored /.test(line)) continue
    expect({ isWritten, isSynced }, line).toEqual({ isWritten: true, isSynced: true })
    isWritten = false
    acknowledged++
  }
  expect(acknowledged).toBeGreaterThanOrEqual(50)
})

/** @throws when the program ends before `isEnough` says so of one of its lines */
async function untilLine(child: Child, isEnough: (word: string, number: number) => boolean): Promise<void> {
  const enough = Promise.withResolvers<true>()
  child.onLine((line) => {
    const [word = '', number] = line.split(' ')
    if (['stored', 'refused'].includes(word) && isEnough(word, Number(number))) enough.resolve(true)
  })
  if ((await Promise.race([enough.promise, child.exited])) !== true)
    throw new Error(`it ended: ${child.logs()}`)
}
