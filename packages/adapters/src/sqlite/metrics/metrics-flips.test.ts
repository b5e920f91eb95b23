import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { seededRandom } from '@etcdmonitor/core/contracts/metrics-recording'
import { AppError, StartRefused } from '@etcdmonitor/core/errors'
import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import { silentLog } from '@etcdmonitor/core/ports/log'
import type { MemberTicks, MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import { expect, it } from 'vitest'
import { openSqliteMetricsWriter } from './metrics-writer.ts'
import { openSqliteMetricsReader } from './reading/metrics-reader.ts'

const PLACES = process.env.TEST_SUITE === 'full' ? 10_000 : 240
/** Every so many places the collector opens the file too. */
const WRITERS = 4
const PAGE = 8_192
/** Of a page: its header, and the pointers to its cells. */
const PAGE_HEADER = 64
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = 1_790_028_000_000 // begins a window
const TICKS = 400 // three windows are sealed, the rest is head
const END = START + TICKS * MINUTE
const MEMBERS = ['1', '2'].map((memberId) => ({ clusterId: '1', memberId }))
const SOURCES = ['grpc_started', 'proposals_pending', 'wal_fsync'] as const
const WINDOW = { members: MEMBERS, sources: SOURCES, from: START, to: END }
const BOUNDS = [0.001, 0.01]
const METHODS = 6

const batch = (n: number): TickBatch => ({
  clusterId: '1',
  at: START + n * MINUTE,
  members: MEMBERS.map(({ memberId }) => ({
    memberId,
    scalars: [
      ...Array.from({ length: METHODS }, (_, i) => ({
        source: 'grpc_started' as const,
        labels: { method: `M${i}` },
        value: n * 1_000 + i,
      })),
      { source: 'proposals_pending', labels: {}, value: n % 7 },
    ],
    histograms: [{ source: 'wal_fsync', labels: {}, bounds: BOUNDS, buckets: [n, 2 * n, 3 * n], sum: n / 8 }],
  })),
})

it(`EK-4 answers with no other number after a bit is flipped at any of ${PLACES} places`, {
  timeout: 120_000 + PLACES * 100,
}, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-flips-'))
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => rmSync(dataDir, { recursive: true, force: true }))
  const sound = join(dataDir, 'sound.db')
  await makeFile(join(dataDir, 'sound'))
  copyFileSync(join(dataDir, 'sound', 'metrics.db'), sound)
  const original = readFileSync(sound)
  const places = drawPlaces(original, textPages(sound))
  const outcomes = { whole: 0, less: 0, refused: 0 }
  for (let i = 0; i < PLACES; i++) {
    const bit = places()
    const flipped = Buffer.from(original)
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    const folder = mkdtempSync(join(dataDir, 'flip-'))
    writeFileSync(join(folder, 'metrics.db'), flipped)
    try {
      outcomes[await readAll(folder)]++
      if (i % WRITERS !== 0) continue
      await keepUsing(folder)
      await readAll(folder)
    } catch (cause) {
      throw new Error(`bit ${bit} of page ${1 + Math.floor(bit / 8 / PAGE)}`, { cause })
    } finally {
      rmSync(folder, { recursive: true })
    }
  }
  // All three ends are met, else the places are not what they are meant to be.
  for (const [outcome, count] of Object.entries(outcomes)) expect(count, outcome).toBeGreaterThan(PLACES / 50)
})

async function makeFile(dataDir: string): Promise<void> {
  await using writer = await openSqliteMetricsWriter({ dataDir, clock: manualClock(END), log: silentLog })
  const info = {
    name: 'm',
    serverVersion: '3.6.4',
    clusterVersion: '3.6',
    goVersion: 'go1.24',
    scrapeError: '',
  }
  await writer.describe(
    '1',
    MEMBERS.map(({ memberId }) => ({ ...info, memberId })),
  )
  for (let n = 0; n < TICKS; n++) await writer.append(batch(n))
  for (let more = true; more; ) ({ more } = await writer.maintain({ now: END, steady: 24 * HOUR }))
}

/** Of the tables that hold texts, and of their indexes. */
function textPages(path: string): readonly number[] {
  using db = new DatabaseSync(path, { readOnly: true })
  const roots = db.prepare(
    "SELECT rootpage FROM sqlite_schema WHERE tbl_name IN ('meta', 'member', 'series')",
  )
  return [1, ...roots.all().map((row) => Number(row.rootpage))]
}

/** Bits of page headers, of the pages of texts, and of any page: a third each. */
function drawPlaces(file: Uint8Array, texts: readonly number[]): () => number {
  const random = seededRandom(20_261_129)
  const below = (n: number) => Math.floor(random() * n)
  let turn = 0
  return () => {
    const page = below(file.length / PAGE)
    const kind = turn++ % 3
    if (kind === 0) return (page * PAGE + below(PAGE_HEADER)) * 8 + below(8)
    if (kind === 2) return below(file.length * 8)
    const text = (texts[below(texts.length)] ?? 1) - 1
    for (;;) {
      const byte = text * PAGE + below(PAGE)
      if (file[byte] !== 0) return byte * 8 + below(8) // most of such a page is empty
    }
  }
}

/** As the API would: each call answers, or says that the store cannot be read. */
async function readAll(dataDir: string): Promise<'whole' | 'less' | 'refused'> {
  await using reader = openSqliteMetricsReader({ dataDir, clock: manualClock(END), log: silentLog })
  const values = await orRefused(async () => countTrue(await reader.ticks(WINDOW)))
  const calls: readonly ((reader: MetricsReader) => Promise<unknown>)[] = [
    (one) => one.slots({ ...WINDOW, step: 40 * MINUTE }),
    (one) => one.tail({ members: MEMBERS, sources: SOURCES, span: MINUTE }),
    (one) => one.members(),
    (one) => one.horizon(),
    (one) => one.watermark(MEMBERS),
  ]
  for (const call of calls) await orRefused(() => call(reader))
  if (values === undefined) return 'refused'
  return values === TICKS * MEMBERS.length * (METHODS + 1 + BOUNDS.length + 2) ? 'whole' : 'less'
}

async function orRefused<T>(call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof AppError && error.code === 'storage_unavailable') return undefined
    throw error
  }
}

/** As the collector would: goes on, in a new file if need be, or does not start. */
async function keepUsing(dataDir: string): Promise<void> {
  try {
    await using writer = await openSqliteMetricsWriter({ dataDir, clock: manualClock(END), log: silentLog })
    await orRefused(() => writer.append(batch(TICKS)))
    const maintain = () => writer.maintain({ now: END + 4 * HOUR, steady: 24 * HOUR })
    for (let more: boolean | undefined = true; more; ) more = (await orRefused(maintain))?.more
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error
  }
}

/** How many numbers there are. @throws when one of them is not what was stored at its instant */
function countTrue(members: readonly MemberTicks[]): number {
  let count = 0
  for (const { times, series } of members)
    for (const one of series)
      for (const [i, at] of times.entries()) {
        const found =
          one.kind === 'histogram' ? [...one.buckets.map((bucket) => bucket[i]), one.sum[i]] : [one.values[i]]
        const n = (at - START) / MINUTE
        const stored =
          one.kind === 'histogram'
            ? [n, 2 * n, 3 * n, n / 8]
            : [one.kind === 'gauge' ? n % 7 : n * 1_000 + Number(one.labels.method?.slice(1))]
        for (const [k, value] of found.entries()) {
          if (Number.isNaN(value)) continue
          if (value !== stored[k]) throw new Error(`${one.source} ${k} at tick ${n} is ${value}`)
          count++
        }
      }
  return count
}
