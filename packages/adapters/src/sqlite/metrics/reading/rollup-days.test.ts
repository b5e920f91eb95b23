import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { MemberTick } from '@etcdmonitor/core/metrics/sample'
import { toColumns } from '@etcdmonitor/core/metrics/slots/merge-slots'
import { widenSlots } from '@etcdmonitor/core/metrics/slots/widen-slots'
import type { MetricsReader, SeriesSlots } from '@etcdmonitor/core/ports/metrics-store'
import { expect, it } from 'vitest'
import { openDayFiles, START } from '../day-files.contract.ts'
import { openSqliteMetricsWriter } from '../metrics-writer.ts'
import { openSqliteMetricsReader } from './metrics-reader.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const FINE = 5 * MINUTE
/** The newest hour is not sealed. */
const END = START + 63 * HOUR

const options = openDayFiles()

/** Series that come, go, and start again. */
function memberAt(tick: number): MemberTick {
  const scalars = [
    { source: 'db_total' as const, labels: {}, value: 1_000 + ((tick * 7_919) % 613) },
    { source: 'put' as const, labels: {}, value: tick % 97 },
    { source: 'peer_sent_failures' as const, labels: { peer: '3' }, value: tick },
    ...(tick % 50 > 20
      ? [{ source: 'peer_sent_failures' as const, labels: { peer: '4' }, value: tick }]
      : []),
  ]
  const buckets = [tick, 2 * tick, 3 * tick]
  const histograms = [
    { source: 'wal_fsync' as const, labels: {}, bounds: [0.1, 0.2], buckets, sum: tick / 3 },
  ]
  return { memberId: '2', scalars, histograms: tick % 3 === 0 ? histograms : [] }
}

async function fillFile(end: number): Promise<void> {
  await using writer = await openSqliteMetricsWriter(options())
  for (let at = START; at < end; at += 4 * MINUTE) {
    const tick = (at - START) / (4 * MINUTE)
    if (tick % 400 < 30) continue
    await writer.append({ clusterId: '1', at, members: [memberAt(tick)] })
  }
  for (let more = true; more; ) ({ more } = await writer.maintain({ now: end, steady: HOUR / 2 }))
}

const SOURCES = ['db_total', 'put', 'peer_sent_failures', 'wal_fsync'] as const

const readerOf = (reader: MetricsReader) => async (from: number, to: number, step: number) => {
  const members = [{ clusterId: '1', memberId: '2' }]
  return (await reader.slots({ members, sources: SOURCES, from, to, step })).members[0]?.series ?? []
}

it('answers each step from what it keeps of sealed days as from their cells', {
  timeout: 240_000,
}, async () => {
  await fillFile(END)
  await using reader = openSqliteMetricsReader(options())
  const read = readerOf(reader)
  for (const minutes of [10, 15, 30, 60, 120, 240, 480, 1_440, 50, 10, 60]) {
    const step = minutes * MINUTE
    const from = Math.floor((START + 7 * HOUR) / step) * step
    const to = from + Math.ceil((END - from) / step) * step
    const narrow = await read(from, to, FINE)
    const wide = await read(from, to, step)
    expect(wide).toHaveLength(5)
    for (const [i, one] of wide.entries()) {
      const cells = narrow[i]
      if (!cells) throw new Error('the same series in each answer')
      const expected = widenSlots(cells, { skipped: 0, each: step / FINE })
      expect(toColumns(one)).toEqual(toColumns(expected).map(closeTo))
    }
  }
})

it('answers from samples where rows of days are damaged, and with a gap once those are gone', {
  timeout: 240_000,
}, async () => {
  await fillFile(START + 29 * HOUR)
  const steps = [10, 30, 1_440].map((minutes) => minutes * MINUTE)
  const readAll = async () => {
    await using reader = openSqliteMetricsReader(options())
    const answers: unknown[] = []
    for (const step of [...steps, ...steps])
      answers.push(await readerOf(reader)(START, START + 2 * DAY, step))
    return { answers, health: reader.health() }
  }
  const change = (query: string) => {
    using db = new DatabaseSync(join(options().dataDir, 'metrics.db'))
    db.exec(query)
  }
  const sound = await readAll()
  const bad = { state: 'degraded', reason: 'bad_blob' }
  // of every other series: some siblings have theirs
  const flip = "SET v = CAST(substr(v, 1, 2) || x'ff' || substr(v, 4) AS BLOB) WHERE id % 2 = 1"
  change(`UPDATE r5 ${flip}; UPDATE r30 ${flip}`)
  expect(await readAll()).toEqual({ answers: sound.answers, health: bad })

  const [first, second] = [START / DAY, START / DAY + 1]
  change(
    `DELETE FROM chunk WHERE id < ${second} * 12 * 16777216; DELETE FROM win WHERE id < ${second} * 12 * 8192`,
  )
  await using reader = openSqliteMetricsReader(options())
  const [ofGauge] = await readerOf(reader)(first * DAY, (second + 1) * DAY, DAY)
  const [whole] = (sound.answers[2] as readonly SeriesSlots[]).filter(({ source }) => source === 'db_total')
  if (ofGauge?.kind !== 'gauge' || whole?.kind !== 'gauge') throw new Error('db_total is a gauge')
  expect([...ofGauge.count]).toEqual([0, whole.count[1]])
  expect(reader.health()).toEqual(bad)
})

/** Sums of parts are added in another order. */
const closeTo = (column: Float64Array) =>
  expect.toSatisfy((other: Float64Array) =>
    column.every((value, i) => Object.is(value, other[i]) || Math.abs(value - (other[i] ?? 0)) < 1e-6),
  )
