import { openInfluxReader } from '@etcdmonitor/adapters/influx/reading/influx-reader'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { createLog } from '@etcdmonitor/adapters/node/log'
import { computeRange } from '@etcdmonitor/api/range/compute-range'
import { METRICS, type Metric } from '@etcdmonitor/core/metrics/catalogue'
import { finest } from '@etcdmonitor/core/metrics/slots/finest'
import { planWindow } from '@etcdmonitor/core/metrics/slots/plan-window'
import type { Extra } from '@etcdmonitor/core/metrics/slots/window-values'
import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import type { MemberRef, MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import { toSecret } from '@etcdmonitor/core/secret'
import type { Clock } from '@etcdmonitor/core/time'
import { makeBucket, startInfluxdb } from '@etcdmonitor/rig/influxdb'
import { ensureServer } from '@etcdmonitor/rig/servers'
import type { BenchFamily } from './bench.ts'
import { type DataSet, makeDataSet } from './data-set.ts'
import { loadInflux } from './load-influx.ts'
import { ratioRecord, type Subject, timed, timeInTurn } from './measure.ts'
import type { BenchRecord, Demand } from './records.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const INTERVAL = 30_000

/** Six single values and two histograms: what a page shows at once. */
const NAMES = [
  'etcd_server_proposals_pending',
  'etcd_server_proposals_applied_total_rate',
  'etcd_mvcc_db_total_size_in_bytes',
  'etcd_mvcc_put_total_rate',
  'process_resident_memory_bytes',
  'process_cpu_usage_percent',
  'etcd_disk_wal_fsync_duration_seconds_p99',
  'etcd_disk_backend_commit_duration_seconds_p99',
]
const DASHBOARD: readonly Metric[] = METRICS.filter(({ name }) => NAMES.includes(name))
/** Those of the dashboard, and what the delta rules need. */
const SOURCES: readonly SourceId[] = [
  ...DASHBOARD.flatMap(({ source }) => source),
  'collector_up',
  'scrape_interval_seconds',
  'scrape_clock_error_seconds',
  'raft_index',
  'proposals_committed',
]
const TITLE = 'InfluxDB: 8 metrics with 2 histograms'

/** The reading half over InfluxDB: what aggregates save beside all samples, and what extremes cost. */
export const influxBenches: BenchFamily = {
  ids: ['ST-11'],
  async run(_, { seed, say }) {
    const ensured = await ensureServer('influxd')
    if ('missing' in ensured) return [notRun(ensured.missing)]
    await using server = await startInfluxdb()
    const bucket = await makeBucket(server)
    const data = makeDataSet({ days: 7, interval: INTERVAL, members: 3, seed, now: Date.now() })
    say('loading 7 days of 3 members into InfluxDB')
    await loadInflux(data, { server, bucket, sources: SOURCES })
    const open = (sampledTicks?: number) =>
      openInfluxReader({
        access: {
          url: server.url,
          org: server.org,
          bucket: bucket.name,
          readToken: () => toSecret(bucket.readToken),
        },
        clock: patientClock,
        log: createLog('warn'),
        intervalMs: INTERVAL,
        retentionDays: 7,
        ...(sampledTicks !== undefined && { sampledTicks }),
      })
    await using reader = open()
    await using aggregates = open(0)
    await using samples = open(Number.POSITIVE_INFINITY)
    const refs = data.memberIds.map((memberId): MemberRef => ({ clusterId: data.clusterId, memberId }))
    const ask = (
      metrics: MetricsReader,
      members: readonly MemberRef[],
      view: View,
      include: Extra[] = [],
    ) => ({
      measure: overWindows(data, view, (window) => range(metrics, { members, ...window, include })),
    })
    /** All samples of a week of three members are more than a call may take its time for. */
    const askInTurn = (view: View) => ({
      measure: overWindows(data, view, async (window) => {
        for (const member of refs) await range(samples, { members: [member], ...window, include: [] })
      }),
    })
    const one = refs.slice(0, 1)
    const subjects: Subject[] = [
      { id: 'one', ...ask(aggregates, one, WEEK) },
      { id: 'one, samples', ...ask(samples, one, WEEK) },
      { id: 'three', ...ask(aggregates, refs, WEEK) },
      { id: 'three, samples', ...askInTurn(WEEK) },
      { id: 'full', ...ask(reader, refs, WEEK, ['stats', 'band']) },
      { id: 'half a day', ...ask(aggregates, refs, HALF_DAY) },
      { id: 'half a day, samples', ...ask(samples, refs, HALF_DAY) },
    ]
    say('ST-11')
    const times = await timeInTurn(subjects)
    const of = (id: string) => ({ id, times: times.get(id) ?? [] })
    const ratio = (id: string, title: string, ours: string, baseline: string, demand?: Demand) =>
      ratioRecord({ id, title: `${TITLE}, ${title}`, ours: of(ours).times, baseline: of(baseline), demand })
    return [
      ratio(
        'ST-11 one member',
        '1 member, 7 d at 10 min, to all samples',
        'one',
        'one, samples',
        atMost(0.2),
      ),
      ratio(
        'ST-11 three members',
        '3 members, 7 d at 10 min, to all samples',
        'three',
        'three, samples',
        atMost(0.2),
      ),
      ratio(
        'ST-11 stats and band',
        '3 members, 7 d at 10 min, with stats and band, to the same without',
        'full',
        'three',
        atMost(2),
      ),
      ratio(
        'ST-11 half a day',
        '3 members, 12 h at 2 min, to all samples',
        'half a day',
        'half a day, samples',
      ),
    ]
  },
}

/** The deadline of a call is none here: all samples of a week take longer where others use the machine, too. */
const patientClock: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(10 * ms, signal),
}

const atMost = (value: number): Demand => ({ op: '<=', value })

interface View {
  readonly span: number
  readonly step: number
}
const WEEK: View = { span: 7 * DAY, step: 10 * MINUTE }
const HALF_DAY: View = { span: 12 * HOUR, step: 2 * MINUTE }

/** Each measurement one step earlier than the last. */
function overWindows(
  data: DataSet,
  { span, step }: View,
  ask: (window: { readonly from: number; readonly to: number; readonly step: number }) => Promise<unknown>,
) {
  let to = Math.floor(data.to / step) * step
  return () => {
    to -= step
    return timed(() => ask({ from: to - span, to, step }))
  }
}

interface RangeAsk {
  readonly members: readonly MemberRef[]
  readonly from: number
  readonly to: number
  readonly step: number
  readonly include: readonly Extra[]
}

/** As the API answers `/api/range`, without HTTP. */
function range(metrics: MetricsReader, { members, from, to, step, include }: RangeAsk) {
  const counts = { names: DASHBOARD.length, members: members.length }
  const window = planWindow({ from, to, step, interval: INTERVAL, ...counts })
  const parts = finest(window, { interval: INTERVAL, limits: metrics.limits })
  return computeRange(
    { metrics, clock: systemClock, interval: INTERVAL },
    {
      memberId: 'all',
      members,
      newestAt: members.map(() => to),
      peers: [],
      metrics: DASHBOARD,
      unsure: [],
      window,
      isStepGiven: true,
      horizon: undefined,
      parts,
      format: 'columns',
      include,
    },
    new AbortController().signal,
  )
}

const notRun = (reason: string): BenchRecord => ({
  id: 'ST-11',
  title: TITLE,
  unit: 'ratio',
  runs: [],
  verdict: 'not_run',
  reason,
})
