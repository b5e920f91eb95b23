import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { silentLog } from '@etcdmonitor/core/ports/log'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { systemClock } from '../../../node/clock.ts'
import { openSqliteMetricsWriter } from '../metrics-writer.ts'
import { completeRead, type SampleTables } from './member-read.ts'
import { openSqliteMetricsReader } from './metrics-reader.ts'
import { newBudget } from './read-budget.ts'

/** Begins a UTC day. */
const START = 1_790_035_200_000
const DAY = 86_400_000
const HOUR = 3_600_000
const WINDOW = 2 * HOUR
const MEMBER = { clusterId: '1', memberId: '2' }

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-read-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

/** One tick on each of these days, all of them sealed. */
async function storeDays(...days: readonly number[]): Promise<void> {
  await using writer = await openSqliteMetricsWriter({ dataDir, clock: manualClock(START), log: silentLog })
  for (const day of days) {
    const at = START + day * DAY
    const scalars = [{ source: 'put' as const, labels: {}, value: day }]
    await writer.append({ clusterId: '1', at, members: [{ memberId: '2', scalars, histograms: [] }] })
    const time = { now: at + 3 * HOUR, steady: 1_000 * HOUR }
    for (let more = true; more; ) ({ more } = await writer.maintain(time))
  }
}

/** Every look at this clock finds that a turn of 30 ms is over. */
function hurryingClock() {
  let looks = 0
  const clock = { ...manualClock(START), turn: systemClock.turn, monotonic: () => 30 * ++looks }
  return { clock, looks: () => looks }
}

it('lets others run between the days of a long window', async () => {
  await storeDays(...Array.from({ length: 40 }, (_, day) => day))
  const { clock } = hurryingClock()
  await using reader = openSqliteMetricsReader({ dataDir, clock, log: silentLog })
  const window = { from: START, to: START + 40 * DAY, step: DAY }
  let turns = 0
  let isDone = false
  const turn = () => {
    turns++
    if (!isDone) setImmediate(turn)
  }
  setImmediate(turn)
  const { members } = await reader.slots({ ...window, members: [MEMBER], sources: ['put'] })
  isDone = true
  expect(members[0]?.series).toMatchObject([{ last: Float64Array.from({ length: 40 }, (_, day) => day) }])
  expect(turns).toBeGreaterThan(40)

  const stop = new AbortController()
  const reading = reader.slots({ ...window, members: [MEMBER], sources: ['put'] }, { signal: stop.signal })
  setImmediate(() => stop.abort(new Error('gone')))
  await expect(reading).rejects.toThrow('gone')
})

it('looks for nothing on days that retention has removed', async () => {
  await storeDays(0, 399, 400)
  const { clock, looks } = hurryingClock()
  await using reader = openSqliteMetricsReader({ dataDir, clock, log: silentLog })
  const window = { from: START, to: START + 401 * DAY, members: [MEMBER], sources: ['put'] as const }
  const { members } = await reader.slots({ ...window, step: DAY })
  const last = Float64Array.from({ length: 401 }, (_, day) => (day < 399 ? Number.NaN : day))
  expect(members[0]?.series).toMatchObject([{ last }])
  await reader.ticks(window)
  expect(looks()).toBeLessThan(500) // two for each day and window
})

it('refuses a window with too many samples before it has read them', async () => {
  let windows = 0
  const tables = {
    windows: {
      kept: () => undefined,
      read({ window }) {
        windows++
        return { window, member: 1, ts: new Uint8Array(0), chunks: new Map() }
      },
      unseal: () => ({ times: new Float64Array(240), columns: () => undefined }),
    },
  } satisfies Partial<SampleTables>
  const budget = newBudget()
  const reading = completeRead({
    ...{ from: 0, to: 1_000 * WINDOW },
    member: { id: 1, ...MEMBER, firstAt: 0, sealedTo: 1_000 * WINDOW, samples: 0, info: undefined },
    series: [],
    wanted: [],
    plan: { samplesFrom: 0, days: [], windows: Array.from({ length: 1_000 }, (_, i) => i), rows: [] },
    tables: tables as Partial<SampleTables> as SampleTables, // days are not asked for
    transact: (work) => work(),
    foresee: (ticks) => budget.foresee(400 * ticks),
    breathe: async () => {},
  })
  await expect(reading).rejects.toMatchObject({ code: 'too_many_points' })
  expect(windows).toBe(84) // the first with more than 8,000,000 samples before and in it
})
