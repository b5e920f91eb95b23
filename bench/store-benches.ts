import { closeSync, fdatasyncSync, fsyncSync, openSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { createLog } from '@etcdmonitor/adapters/node/log'
import { decodeColumn, encodeColumn } from '@etcdmonitor/adapters/sqlite/metrics/columns/column-codec'
import { openSqliteMetricsWriter } from '@etcdmonitor/adapters/sqlite/metrics/metrics-writer'
import { openSqliteMetricsReader } from '@etcdmonitor/adapters/sqlite/metrics/reading/metrics-reader'
import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import { SOURCES, type SourceEntry, type SourceId } from '@etcdmonitor/core/metrics/sources'
import type { MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import type { BenchContext, BenchFamily } from './bench.ts'
import { longestBlock } from './block-watch.ts'
import { type DataSet, makeDataSet } from './data-set.ts'
import { keepHouse, loadStore } from './load-store.ts'
import { median, round3, timed } from './measure.ts'
import { readUnderLoad, writeBeside } from './read-load.ts'
import { type BenchRecord, type Demand, judge } from './records.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const WINDOW = 2 * HOUR
const DAYS = 7
const MEMBERS = 3
const ROUNDS = 11
/** Ticks whose commits are timed. */
const COMMITS = 51

/** In the order of measuring: ST-14 removes a day. */
const TITLES = {
  'ST-9': 'WAL of one tick of 3 members, 7 days loaded',
  'ST-10': 'size of 7 days of 3 members at 30 s, per member and day',
  'ST-20': 'reader in process, warm: all scalars of one member, 7 d at 10 min',
  'ST-13': 'p99 of 200 reads a second beside a tick a second and two seals, to that alone',
  'ST-16': 'decoding a column of 240 values of a busy counter, per value',
  'ST-14': 'longest block of the event loop by housekeeping',
} as const
type Id = keyof typeof TITLES

const isId = (id: string): id is Id => id in TITLES

/** The embedded metrics store by itself: what needs no other server. */
export const storeBenches: BenchFamily = {
  ids: Object.keys(TITLES),
  async run(wanted, context) {
    const { folder, seed, say } = context
    const data = makeDataSet({ days: DAYS, interval: 30_000, members: MEMBERS, seed, now: Date.now() })
    say('loading 7 days of 3 members')
    let last: TickBatch = { clusterId: data.clusterId, at: 0, members: [] }
    const seals = watchSeals(data)
    await loadStore(data, folder, async (batch, writer) => {
      last = batch
      await seals.onTick(batch, writer)
    })
    const records: BenchRecord[] = []
    for (const id of Object.keys(TITLES)
      .filter(isId)
      .filter((one) => wanted.has(one))) {
      say(id)
      records.push(await MEASURES[id]({ data, context, last, seals }))
    }
    return records
  },
}

interface Loaded {
  readonly data: DataSet
  readonly context: BenchContext
  readonly last: TickBatch
  readonly seals: ReturnType<typeof watchSeals>
}

const MEASURES: Readonly<Record<Id, (loaded: Loaded) => Promise<BenchRecord>>> = {
  'ST-9': measureCommits,
  'ST-10': async ({ context }) => measureSize(join(context.folder, 'metrics.db')),
  'ST-13': measureLoad,
  'ST-16': async () => measureCodec(),
  'ST-14': measureBlocks,
  'ST-20': measureReads,
}

const atMost = (value: number): Demand => ({ op: '<=', value })

interface Measured {
  readonly unit: string
  readonly runs: readonly number[]
  readonly demand?: Demand
  readonly side?: BenchRecord['side']
}

function record(id: Id, { unit, runs, demand, side }: Measured): BenchRecord {
  const value = median(runs)
  return {
    id,
    title: TITLES[id],
    unit,
    runs: runs.map(round3),
    median: round3(value),
    ...(demand && { demand }),
    verdict: judge(value, demand),
    ...(side && { side }),
  }
}

/**
 * With the write-ahead log cut before each tick, its length is what the tick wrote. Times are those of ticks behind each other, in turn with
 * writes of as many bytes that are brought to the disk and nothing else: by fsync, as SQLite does it, and by fdatasync.
 */
async function measureCommits({ data, context, last }: Loaded): Promise<BenchRecord> {
  const options = { dataDir: context.folder, clock: systemClock, log: createLog('warn') }
  await using writer = await openSqliteMetricsWriter(options)
  using other = new DatabaseSync(join(context.folder, 'metrics.db'))
  const sizes: number[] = []
  let { to: at } = data
  const append = () => writer.append({ ...last, at })
  for (let round = 0; round < ROUNDS; round++, at += data.interval) {
    other.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    await append()
    sizes.push(statSync(join(context.folder, 'metrics.db-wal')).size / 1_000)
  }
  using disk = openBareFile(join(context.folder, 'bare'), median(sizes) * 1_000)
  const commits: number[] = []
  const fsyncs: number[] = []
  const fdatasyncs: number[] = []
  for (let round = 0; round < COMMITS; round++, at += data.interval) {
    commits.push(await timed(append))
    fsyncs.push(await timed(async () => disk.write(fsyncSync)))
    fdatasyncs.push(await timed(async () => disk.write(fdatasyncSync)))
  }
  const side = {
    commit_ms: round3(median(commits)),
    commit_verdict: judge(median(commits), atMost(1)),
    fsync_ms: round3(median(fsyncs)),
    fdatasync_ms: round3(median(fdatasyncs)),
    commit_to_fdatasync: round3(median(commits) / median(fdatasyncs)),
  }
  return record('ST-9', { unit: 'KB', runs: sizes, demand: atMost(60), side })
}

/** A file of its full length from the beginning, as a log is that was used before. */
function openBareFile(path: string, bytes: number) {
  const block = new Uint8Array(bytes)
  const file = openSync(path, 'w')
  for (let i = 0; i < COMMITS; i++) writeSync(file, block, 0, bytes, i * bytes)
  fsyncSync(file)
  let written = 0
  return {
    write(sync: (file: number) => void): void {
      writeSync(file, block, 0, bytes, (written++ % COMMITS) * bytes)
      sync(file)
    },
    [Symbol.dispose]: () => closeSync(file),
  }
}

/** Longest blocks of the seals on the way, without the first ones: the code is warm then. */
function watchSeals({ from }: DataSet) {
  const blocks: number[] = []
  return {
    async onTick({ at }: { readonly at: number }, writer: Parameters<typeof keepHouse>[0]): Promise<void> {
      if (at % WINDOW !== 0 || at === from) return
      blocks.push(await longestBlock(() => keepHouse(writer, at)))
    },
    blocks: () => blocks.slice(-ROUNDS),
  }
}

function measureSize(path: string): BenchRecord {
  using db = new DatabaseSync(path, { readOnly: true })
  const bytes = db.prepare('SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name').all()
  const per = (names: readonly string[]) =>
    bytes
      .filter(({ name }) => names.includes(String(name)))
      .reduce((sum, row) => sum + Number(row.bytes), 0) /
    (MEMBERS * DAYS * 1e6)
  const chunks = per(['chunk', 'win'])
  const rollups = per(['r5', 'r30'])
  const side = {
    chunks_mb: round3(chunks),
    rollups_mb: round3(rollups),
    head_mb_per_member: round3(per(['head']) * DAYS),
    chunks_verdict: judge(chunks, atMost(0.75)),
  }
  return record('ST-10', { unit: 'MB', runs: [chunks + rollups], demand: atMost(1.2), side })
}

async function measureBlocks({ data, context, seals }: Loaded): Promise<BenchRecord> {
  const options = { dataDir: context.folder, clock: systemClock, log: createLog('warn') }
  await using writer = await openSqliteMetricsWriter({ ...options, retentionDays: DAYS - 1 })
  // The ticks of ST-9 may have gone beyond the end of a window: its seals are no part of removing a day.
  await keepHouse(writer, data.to)
  let allOfIt = 0
  const retention = await longestBlock(async () => {
    allOfIt = await timed(() => keepHouse(writer, data.to, DAY))
  })
  const side = {
    of_50_members_ms: round3(median(await measureManySeals(context))),
    retention_block_ms: round3(retention),
    retention_of_a_day_ms: round3(allOfIt),
    retention_of_a_day_verdict: judge(allOfIt, atMost(50)),
  }
  return record('ST-14', { unit: 'ms', runs: seals.blocks(), demand: atMost(50), side })
}

/** Longest block by the seal of each of some members, in whose window there are those of many. */
async function measureManySeals({ folder, seed }: BenchContext): Promise<readonly number[]> {
  const now = Math.floor(Date.now() / WINDOW) * WINDOW
  const data = makeDataSet({ days: WINDOW / DAY, interval: 30_000, members: 50, seed, now })
  const dataDir = join(folder, 'many')
  await loadStore(data, dataDir)
  await using writer = await openSqliteMetricsWriter({ dataDir, clock: systemClock, log: createLog('warn') })
  const blocks: number[] = []
  for (let seal = 0; seal <= ROUNDS; seal++)
    blocks.push(await longestBlock(() => writer.maintain({ now: data.to + HOUR, steady: DAY })))
  return blocks.slice(1)
}

async function measureLoad({ data, context }: Loaded): Promise<BenchRecord> {
  const alone = await readUnderLoad(context.folder, data, SCALARS)
  const [, beside] = await Promise.all([
    writeBeside(context.folder, context.seed, data),
    readUnderLoad(context.folder, data, SCALARS),
  ])
  const side = {
    alone_ms: round3(alone.p99),
    beside_ms: round3(beside.p99),
    failed: beside.failed + alone.failed,
  }
  return record('ST-13', { unit: 'ratio', runs: [beside.p99 / alone.p99], demand: atMost(2), side })
}

function measureCodec(): BenchRecord {
  const values = Float64Array.from({ length: 240 }, (_, i) => 137 * i + ((i * 7_919) % 31))
  const floats = values.map((value) => value / 7)
  const [column, floatColumn] = [encodeColumn(values), encodeColumn(floats)]
  const perValue = (work: () => unknown) => {
    const runs: number[] = []
    for (let round = 0; round <= ROUNDS; round++) {
      const begun = performance.now()
      for (let i = 0; i < 500; i++) work()
      runs.push(((performance.now() - begun) * 1e6) / (500 * values.length))
    }
    return runs.slice(1)
  }
  const side = {
    encode_ns: round3(median(perValue(() => encodeColumn(values)))),
    float_decode_ns: round3(median(perValue(() => decodeColumn(floatColumn, values.length)))),
    float_encode_ns: round3(median(perValue(() => encodeColumn(floats)))),
  }
  const runs = perValue(() => decodeColumn(column, values.length))
  return record('ST-16', { unit: 'ns', runs, demand: atMost(15), side })
}

const SCALARS = SOURCES.filter(({ kind }: SourceEntry) => kind !== 'histogram').map(({ id }): SourceId => id)
const HISTOGRAMS = SOURCES.filter(({ kind }: SourceEntry) => kind === 'histogram').map(
  ({ id }): SourceId => id,
)

async function measureReads({ data, context }: Loaded): Promise<BenchRecord> {
  const options = { dataDir: context.folder, clock: systemClock, log: createLog('warn') }
  const member = { clusterId: data.clusterId, memberId: data.memberIds[0] ?? '' }
  const ask = (reader: MetricsReader, sources: readonly SourceId[], span: number, step: number) => {
    const to = Math.ceil(data.to / step) * step
    return reader.slots({ members: [member], sources, from: to - span, to, step })
  }
  await using cold = openSqliteMetricsReader(options)
  const first = await timed(() => ask(cold, SCALARS, 7 * DAY, 600_000))
  await using reader = openSqliteMetricsReader(options)
  const times = async (sources: readonly SourceId[], span: number, step: number) => {
    const runs: number[] = []
    for (let round = 0; round < ROUNDS; round++)
      runs.push(await timed(() => ask(reader, sources, span, step)))
    return runs.slice(1)
  }
  const week = await times(SCALARS, 7 * DAY, 600_000)
  const block = await longestBlock(() => ask(reader, SCALARS, 7 * DAY, 600_000))
  const side = {
    first_ms: round3(first),
    longest_block_ms: round3(block),
    histograms_7d_ms: round3(median(await times(HISTOGRAMS, 7 * DAY, 600_000))),
    scalars_24h_ms: round3(median(await times(SCALARS, DAY, 300_000))),
    scalars_1h_ms: round3(median(await times(SCALARS, HOUR, 30_000))),
    one_source_1h_ms: round3(median(await times(['put'], HOUR, 30_000))),
    scalars_24h_at_30s_ms: round3(median(await times(SCALARS, DAY, 30_000))),
  }
  return record('ST-20', { unit: 'ms', runs: week, side })
}
