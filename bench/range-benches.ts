import type { Baseline } from './baselines/baseline.ts'
import { toPromql } from './baselines/promql.ts'
import { findRivals, startRivals } from './baselines/rivals.ts'
import type { BenchContext, BenchFamily } from './bench.ts'
import { dashboardMetrics, quantileMetrics } from './dashboard-metrics.ts'
import { type DataSet, makeDataSet } from './data-set.ts'
import { type LoadedConsole, startLoadedConsole } from './loaded-console.ts'
import { median, ratioRecord, round3, type Subject, timeInTurn } from './measure.ts'
import type { BenchRecord, Demand } from './records.ts'
import { overWindows, type View } from './view.ts'

const DAY = 86_400_000
const HOUR = 3_600_000
const MINUTE = 60_000
/** Requests under way at once. */
const LANES = { names: 4, panels: 25 }
const PANEL = 4

interface Window {
  readonly title: string
  readonly span: number
  readonly step: number
}

const WEEK: Window = { title: '7 d at 10 min', span: 7 * DAY, step: 10 * MINUTE }
const ONE_DAY: Window = { title: '24 h at 5 min', span: DAY, step: 5 * MINUTE }
const ONE_HOUR: Window = { title: '1 h at 30 s', span: HOUR, step: 30_000 }

interface Case {
  readonly id: string
  readonly window: Window
  readonly ask: 'names' | 'panels' | 'quantiles'
  /** What is demanded beside which baseline. */
  readonly rivals: Readonly<Record<string, Demand>>
}

const atMost = (value: number): Demand => ({ op: '<=', value })

// biome-ignore format: one row of storage.md 8.1 a line
const CASES: readonly Case[] = [
  { id: 'ST-1', window: WEEK, ask: 'names', rivals: { prometheus: atMost(0.15) } },
  { id: 'ST-2', window: WEEK, ask: 'names', rivals: { victoria: atMost(0.5), 'victoria-cached': atMost(0.8) } },
  { id: 'ST-3', window: ONE_DAY, ask: 'names', rivals: { prometheus: atMost(0.2), victoria: atMost(0.5) } },
  { id: 'ST-4', window: WEEK, ask: 'panels', rivals: { prometheus: atMost(0.2), victoria: atMost(0.5) } },
  { id: 'ST-5', window: ONE_HOUR, ask: 'panels', rivals: { prometheus: atMost(1.1) } },
  { id: 'ST-7', window: WEEK, ask: 'quantiles', rivals: { prometheus: atMost(0.1), victoria: atMost(0.5) } },
]

/** Range queries over HTTP beside Prometheus and VictoriaMetrics, on the same samples. */
export const rangeBenches: BenchFamily = {
  ids: CASES.map(({ id }) => id),
  async run(wanted, context) {
    const cases = CASES.filter(({ id }) => wanted.has(id))
    const servers = await findRivals()
    if ('missing' in servers) return cases.map((one) => notRun(one, servers.missing))
    const data = makeDataSet({ days: 7, interval: 30_000, members: 3, seed: context.seed, now: Date.now() })
    const sources = new Set([...dashboardMetrics(), ...quantileMetrics()].flatMap(({ source }) => source))
    await using rivals = await startRivals(servers, { data, sources }, context)
    context.say('loading all sources into the embedded store')
    await using console = await startLoadedConsole(data)
    const records: BenchRecord[] = []
    for (const one of cases) {
      try {
        records.push(...(await runCase(one, { data, console, rivals: rivals.all, say: context.say })))
      } catch (error) {
        records.push(notRun(one, error instanceof Error ? error.message : String(error)))
      }
    }
    return records
  },
}

const title = (ask: Case['ask'], window: Window) =>
  `${{ names: '100 metrics', panels: '25 requests of 4 metrics', quantiles: '3 quantiles of 10 histograms' }[ask]}, ${window.title}`

interface Setting {
  readonly data: DataSet
  readonly console: LoadedConsole
  readonly rivals: readonly Baseline[]
  readonly say: BenchContext['say']
}

async function runCase(
  { id, window, ask, rivals: demands }: Case,
  { data, console, rivals, say }: Setting,
): Promise<readonly BenchRecord[]> {
  const metrics = ask === 'quantiles' ? quantileMetrics() : dashboardMetrics()
  say(`${id}: ${title(ask, window)}; ${metrics.length} names`)
  const member = data.memberIds[0] ?? ''
  const groups = inGroups(metrics, ask === 'panels' ? PANEL : metrics.length)
  const lanes = ask === 'panels' ? LANES.panels : LANES.names
  const queries = metrics.flatMap((metric) => toPromql(metric, member, window.step) ?? [])
  const askUs = (include: string) => (view: View) =>
    Promise.all(
      groups.map((names) =>
        console.range({ ...view, member, names: names.map(({ name }) => name), include }),
      ),
    )
  const askRival = (rival: Baseline) => (view: View) =>
    inLanes(lanes, queries, (promql) => rival.query({ ...view, promql, to: view.to - 1 }))

  const asked = rivals.filter((rival) => rival.id in demands)
  const subjects: Subject[] = [
    { id: 'ours', measure: overWindows(data, window, askUs('')) },
    { id: 'ours with stats and band', measure: overWindows(data, window, askUs('stats,band')) },
    ...asked.map((rival) => ({ id: rival.id, measure: overWindows(data, window, askRival(rival)) })),
  ]
  const times = await timeInTurn(subjects)
  const full = times.get('ours with stats and band') ?? []
  return asked.map((rival) => {
    const baseline = { id: rival.id, times: times.get(rival.id) ?? [] }
    return ratioRecord({
      id: asked.length > 1 ? `${id} ${rival.id}` : id,
      title: title(ask, window),
      ours: times.get('ours') ?? [],
      baseline,
      demand: demands[rival.id],
      side: { names: metrics.length, stats_band_ms: round3(median(full)) },
    })
  })
}

const inGroups = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))

async function inLanes<T>(
  lanes: number,
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = items.values()
  const lane = async () => {
    for (const item of left) await work(item)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}

const notRun = ({ id, ask, window }: Case, reason: string): BenchRecord => ({
  id,
  title: title(ask, window),
  unit: 'ratio',
  runs: [],
  verdict: 'not_run',
  reason,
})
