import { execFile } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { createLog } from '@etcdmonitor/adapters/node/log'
import { openSqliteMetricsWriter } from '@etcdmonitor/adapters/sqlite/metrics/metrics-writer'
import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import { fillRowTable, ROWS, type RowTable } from './baselines/row-table.ts'
import type { BenchContext, BenchFamily } from './bench.ts'
import { dashboardMetrics } from './dashboard-metrics.ts'
import { type DataSet, makeDataSet } from './data-set.ts'
import { type InProcessRange, openInProcessRange } from './in-process-range.ts'
import { loadStore } from './load-store.ts'
import type { RangeRequest } from './loaded-console.ts'
import { median, ratioRecord, round3, type Subject, timed, timeInTurn } from './measure.ts'
import { type BenchRecord, judge } from './records.ts'

const execute = promisify(execFile)
const HOUR = 3_600_000
const MINUTE = 60_000
const INTERVAL = 30_000
/** The baselines of ST-8 take seconds. */
const SLOW_ROUNDS = 5
const WEEK = { title: '7 d at 10 min', span: 168 * HOUR, step: 10 * MINUTE }
const ONE_DAY = { title: '24 h at 5 min', span: 24 * HOUR, step: 5 * MINUTE }

/** Range answers without HTTP, beside a row a sample in SQLite. In the order of measuring: ST-9 stores ticks. */
export const inProcessBenches: BenchFamily = {
  ids: ['ST-8', 'ST-12', 'ST-15', 'ST-9'],
  async run(wanted, context) {
    const folder = join(context.folder, 'store')
    mkdirSync(folder)
    const data = makeDataSet({
      days: 7,
      interval: INTERVAL,
      members: 3,
      seed: context.seed,
      now: Date.now(),
    })
    context.say('loading 7 days of 3 members')
    let last: TickBatch = { clusterId: data.clusterId, at: 0, members: [] }
    await loadStore(data, folder, async (batch) => {
      last = batch
    })
    const setting = { data, folder, context, last }
    const records: BenchRecord[] = []
    {
      await using range = await openInProcessRange(folder, INTERVAL)
      if (wanted.has('ST-12')) records.push(await measureJson(setting, range))
      if (wanted.has('ST-15')) records.push(await measureCold(setting))
      if (wanted.has('ST-8')) records.push(await measurePlain(setting, range))
    }
    if (wanted.has('ST-8') || wanted.has('ST-9')) records.push(...(await measureReference(wanted, setting)))
    return records
  },
}

interface Setting {
  readonly data: DataSet
  readonly folder: string
  readonly context: BenchContext
  readonly last: TickBatch
}

const requestOf = (
  data: DataSet,
  { span, step }: { readonly span: number; readonly step: number },
): RangeRequest => {
  const to = Math.floor(data.to / step) * step
  const names = dashboardMetrics().map(({ name }) => name)
  return { member: data.memberIds[0] ?? '', names, from: to - span, to, step }
}

async function measureJson({ data, context }: Setting, range: InProcessRange): Promise<BenchRecord> {
  context.say('ST-12')
  const request = requestOf(data, WEEK)
  const answer: unknown = JSON.parse(await range.answer(request))
  const times = await timeInTurn([
    { id: 'ours', measure: () => timed(() => range.answer(request)) },
    // JSON alone, and 0.2 ms for all the rest
    { id: 'json', measure: async () => (await timed(async () => JSON.stringify(answer))) + 0.2 },
  ])
  return ratioRecord({
    id: 'ST-12',
    title: '100 metrics, 7 d at 10 min, in process, to JSON.stringify of the answer + 0.2 ms',
    ours: times.get('ours') ?? [],
    baseline: { id: 'json', times: times.get('json') ?? [] },
    demand: { op: '<=', value: 2 },
  })
}

/** The file leaves the page cache; then a new process asks. */
async function measureCold({ data, folder, context }: Setting): Promise<BenchRecord> {
  context.say('ST-15')
  const file = join(folder, 'metrics.db')
  await execute('sync', [file]) // what is not written yet stays in the cache
  await execute('dd', [`if=${file}`, 'iflag=nocache', 'count=0'])
  const script = fileURLToPath(new URL('cold-read.ts', import.meta.url))
  const args = [script, folder, String(INTERVAL), JSON.stringify(requestOf(data, WEEK))]
  const { stdout } = await execute(process.execPath, args)
  const { cold, warm } = JSON.parse(stdout) as { cold: number; warm: number } // of our own script
  const value = round3(cold / warm)
  const demand = { op: '<=', value: 10 } as const
  return {
    id: 'ST-15',
    title: '100 metrics, 7 d at 10 min, first answer of a process, page cache dropped, to a later one',
    unit: 'ratio',
    runs: [value],
    median: value,
    demand,
    verdict: judge(value, demand),
    side: { cold_ms: round3(cold), warm_ms: round3(warm) },
  }
}

async function measurePlain({ data, context }: Setting, range: InProcessRange): Promise<BenchRecord> {
  context.say('ST-8: filling the plain table')
  using rows = fillRowTable('plain', join(context.folder, 'plain.db'), data.batches())
  return await besideRows({ id: 'ST-8 plain', rows, range, data, window: WEEK, demand: 0.005 })
}

async function measureReference(
  wanted: ReadonlySet<string>,
  { data, folder, context, last }: Setting,
): Promise<readonly BenchRecord[]> {
  context.say("filling the reference's table")
  using rows = fillRowTable('reference', join(context.folder, 'reference.db'), data.batches())
  const records: BenchRecord[] = []
  if (wanted.has('ST-8')) {
    await using range = await openInProcessRange(folder, INTERVAL)
    const shared = { rows, range, data, demand: 0.02 }
    records.push(await besideRows({ ...shared, id: 'ST-8 reference 24 h', window: ONE_DAY }))
    records.push(await besideRows({ ...shared, id: 'ST-8 reference 7 d', window: WEEK }))
  }
  if (wanted.has('ST-9')) records.push(await commitBeside(rows, { data, folder, last }))
  return records
}

async function besideRows({
  id,
  rows,
  range,
  data,
  window,
  demand,
}: {
  readonly id: string
  readonly rows: RowTable
  readonly range: InProcessRange
  readonly data: DataSet
  readonly window: typeof WEEK
  readonly demand: number
}): Promise<BenchRecord> {
  const request = requestOf(data, window)
  const subjects: Subject[] = [
    { id: 'ours', measure: () => timed(() => range.answer(request)) },
    { id: 'rows', measure: () => timed(async () => rows.averages(request.member, request)) },
  ]
  const times = await timeInTurn(subjects, SLOW_ROUNDS)
  return ratioRecord({
    id,
    title: `100 metrics, ${window.title}, in process, to a row a sample`,
    ours: times.get('ours') ?? [],
    baseline: { id: 'rows', times: times.get('rows') ?? [] },
    demand: { op: '<=', value: demand },
  })
}

/** All that a tick of ours holds, to a hundred rows of each member. */
async function commitBeside(
  rows: RowTable,
  { data, folder, last }: Omit<Setting, 'context'>,
): Promise<BenchRecord> {
  const options = { dataDir: folder, clock: systemClock, log: createLog('warn') }
  await using writer = await openSqliteMetricsWriter(options)
  let at = data.to
  const times = await timeInTurn([
    { id: 'ours', measure: () => timed(() => writer.append({ ...last, at })) },
    {
      id: 'rows',
      async measure() {
        const took = await timed(async () => rows.append({ ...last, at }))
        at += INTERVAL
        return took
      },
    },
  ])
  return ratioRecord({
    id: 'ST-9 reference',
    title: `commit of a tick of 3 members on 7 loaded days, to ${3 * ROWS} rows of the reference's schema`,
    ours: times.get('ours') ?? [],
    baseline: { id: 'rows', times: times.get('rows') ?? [] },
    demand: { op: '<=', value: 0.03 },
    side: { commit_ms: round3(median(times.get('ours') ?? [])) },
  })
}
