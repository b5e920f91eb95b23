import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { RECORDED, recordedBatches } from '@etcdmonitor/core/contracts/metrics-recording'
import { countValues } from '@etcdmonitor/core/metrics/scrape/member-tick'
import { silentLog } from '@etcdmonitor/core/ports/log'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openSqliteMetricsWriter } from '../metrics-writer.ts'
import { openSqliteMetricsReader } from './metrics-reader.ts'

const WINDOW = 7_200_000

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-members-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

it('counts the values that are stored of each member, whether they are sealed or not', async () => {
  const batches = recordedBatches()
  const end = batches.at(-1)?.at ?? 0
  const options = {
    dataDir,
    clock: manualClock(end),
    log: silentLog,
  }
  await using writer = await openSqliteMetricsWriter(options)
  await using reader = openSqliteMetricsReader(options)
  const stored = new Map<string, number>()
  const expectCounts = async () => {
    const members = await reader.members({ counted: true })
    expect(new Map(members.map(({ member, samples }) => [member.memberId, samples]))).toEqual(stored)
  }
  for (const batch of batches) {
    await writer.append(batch)
    for (const tick of batch.members)
      stored.set(tick.memberId, (stored.get(tick.memberId) ?? 0) + countValues(tick))
  }
  expect(stored.get(RECORDED[0].memberId)).toBeGreaterThan(10_000)
  await expectCounts()
  let steps = 0
  for (let more = true; more; steps++) {
    ;({ more } = await writer.maintain({ now: end, steady: 2 * WINDOW }))
    await expectCounts()
  }
  expect(steps).toBeGreaterThan(4) // two members, two windows at least
  await writer.maintain({ now: end + WINDOW, steady: 3 * WINDOW })
  await expectCounts()
  await writer.describe('7', [
    { memberId: '7', name: '', serverVersion: '', clusterVersion: '', goVersion: '', scrapeError: '' },
  ])
  stored.set('7', 0)
  await expectCounts()
})

it('does not count unless it is asked to', async () => {
  const options = {
    dataDir,
    clock: manualClock(0),
    log: silentLog,
  }
  await using writer = await openSqliteMetricsWriter(options)
  await using reader = openSqliteMetricsReader(options)
  for (const batch of recordedBatches().slice(0, 1)) await writer.append(batch)
  expect((await reader.members()).map(({ samples }) => samples)).toEqual([undefined, undefined])
})
