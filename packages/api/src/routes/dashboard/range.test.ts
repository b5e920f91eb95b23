import { METRICS } from '@etcdmonitor/core/metrics/catalogue'
import type { MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  ALPHA,
  BETA,
  breakable,
  CLUSTER,
  type DashboardApi,
  type DashboardStore,
  fill,
  NEWEST,
  openApp,
  openDashboard,
  P99,
  PEER_SENT,
  PENDING,
  PUTS,
  REMOVED,
} from '../../dashboard-rig.contract.ts'

let store: DashboardStore
let api: DashboardApi
beforeEach(async () => {
  ;({ store, api } = await openDashboard())
})

describe('/api/range', () => {
  const columns = (query: string) => api.get(`/api/range?format=columns&${query}`)

  it('gives points in ascending order and leaves out what has none', async () => {
    const { status, body } = await api.get(
      `/api/range?metrics=${PUTS},${PENDING},go_memstats_alloc_bytes&range=2m`,
    )
    expect(status).toBe(200)
    expect(body).toMatchObject({
      start: 1_789_999_860,
      end: 1_790_000_010,
      step: 30,
      resolution: 30,
      member_id: ALPHA,
    })
    expect(body.metrics).toEqual({
      [PENDING]: [2, 0, 1, 2, 0].map((value, i) => ({ ts: 1_789_999_860 + 30 * i, value })),
      [PUTS]: [0, 1, 2, 3, 4].map((i) => ({ ts: 1_789_999_860 + 30 * i, value: 2 })),
    })
  })

  it('gives columns as long as the times, with null where nothing is', async () => {
    const { body } = await columns(`metrics=${PUTS},go_memstats_alloc_bytes&range=30m`)
    expect(body.times).toHaveLength((body.end - body.start) / 30)
    expect(body.series.go_memstats_alloc_bytes).toEqual(body.times.map(() => null))
    const first = body.times.indexOf(NEWEST / 1_000 - 39 * 30)
    expect(body.series[PUTS].slice(first - 1, first + 2)).toEqual([null, null, 2])
  })

  it('answers rates of summed label sets and quantiles exactly at every step', async () => {
    const { body } = await columns(`metrics=${PEER_SENT},${P99}&range=5m&step=60`)
    expect(body.step).toBe(60)
    expect(new Set(body.series[PEER_SENT])).toEqual(new Set([30]))
    expect(body.series[P99].at(-1)).toBeCloseTo(0.00099, 12)
  })

  it('has stats of the window: extremes over single deltas, the average exact', async () => {
    const { body } = await columns(`metrics=${P99},${PENDING},${PUTS}&range=10m&step=300&include=stats`)
    expect(body.stats[PENDING]).toMatchObject({ min: 0, max: 2, last: 0, last_time: body.times.at(-1) })
    expect(body.stats[PUTS]).toEqual({ min: 2, max: 2, avg: 2, last: 2, last_time: body.times.at(-1) })
    const { min, max, avg } = body.stats[P99]
    expect(min).toBeCloseTo(0.00099, 12)
    expect(max).toBeCloseTo(0.00197, 12) // the one delta of 100 fast and 50 slow: rank 148.5
    expect(avg).toBeGreaterThan(min)
    expect(avg).toBeLessThan(max)
  })

  it('has the least and the most of each slot, over single deltas', async () => {
    const { body } = await columns(`metrics=${P99},${PENDING},${PUTS}&range=10m&step=300&include=band`)
    const { [P99]: p99, [PENDING]: pending, [PUTS]: puts } = body.band
    expect([body.resolution, Object.keys(body)]).toEqual([
      30,
      expect.not.arrayContaining(['stats', 'counts']),
    ])
    expect([pending.min.at(-1), pending.max.at(-1), puts.min.at(-1), puts.max.at(-1)]).toEqual([0, 2, 2, 2])
    expect(p99.max.at(-1)).toBeCloseTo(0.00197, 12)
    expect(p99.min.at(-1)).toBeCloseTo(0.00099, 12)
  })

  it('has the observations under each quantile, and no other counts', async () => {
    const { body } = await columns(`metrics=${P99},${PENDING},${PUTS}&range=2m&include=counts`)
    expect(body.counts).toEqual({ [P99]: [100, 100, 150, 100, 100] })
  })

  it.each([
    ['avg', [1, 1.5, 0]],
    ['max', [2, 2, 0]],
    ['min', [0, 1, 0]],
    ['last', [0, 2, 0]],
  ])('takes agg=%s in both formats', async (agg, values) => {
    const points = await api.get(`/api/range?metrics=${PENDING}&range=2m&step=60&agg=${agg}`)
    expect(points.body.metrics[PENDING].map(({ value }: { value: number }) => value)).toEqual(values)
    expect((await columns(`metrics=${PENDING}&range=2m&step=60&agg=${agg}`)).body.series[PENDING]).toEqual(
      values,
    )
  })

  it('R23 answers labelled keys, a bare name by one entry per value, and lists values that nobody has', async () => {
    const rate = `${PEER_SENT}_by_peer`
    const keys = ['5', '6', '7', 'a"b'].map((peer) => `${rate}{peer="${peer}"}`)
    const list = (names: readonly string[]) => names.map(encodeURIComponent).join()
    const one = await columns(`metrics=${list(keys.slice(1))}&range=2m`)
    expect(one.body.series).toEqual({ [`${rate}{peer="6"}`]: [20, 20, 20, 20, 20] })
    expect(one.body.unknown_metrics).toEqual(keys.slice(2))
    const bare = await columns(`metrics=${list([keys[1] ?? '', rate])}&range=2m&member_id=all&include=band`)
    expect(Object.keys(bare.body.series[BETA])).toEqual(keys.slice(0, 2))
    expect(bare.body.band[BETA][`${rate}{peer="5"}`].max).toEqual([10, 10, 10, 10, 10])
    const points = await api.get(`/api/range?metrics=${rate}&range=2m`)
    expect(Object.keys(points.body.metrics)).toEqual(keys.slice(0, 2))
    const never = await columns(`metrics=${rate}&start=1700000010&end=1700000070`)
    expect([never.body.series, never.body.unknown_metrics]).toEqual([{ [rate]: [null, null] }, []])
  })

  it('takes a wider step when the values of a label are more than fit, and refuses a given one', async () => {
    const labels = Array.from({ length: 40 }, (_, i) => ({ peer: String(i + 100) }))
    const scalars = (value: number) =>
      labels.map((own) => ({ source: 'peer_sent_bytes' as const, labels: own, value }))
    for (let i = 1; i <= 2; i++)
      await store.writer.append({
        clusterId: CLUSTER,
        at: NEWEST + i * 30_000,
        members: [{ memberId: ALPHA, scalars: scalars(i * 60), histograms: [] }],
      })
    const rate = `${PEER_SENT}_by_peer`
    const end = NEWEST / 1_000 + 90
    const window = `metrics=${rate}&start=${end - 36 * 3_600}&end=${end}`
    const wide = await columns(`${window}&step=30`)
    expect([wide.status, wide.body.code, wide.body.max]).toEqual([400, 'too_many_points', 3_571])
    expect((await columns(`${window}&step=${wide.body.min_step}`)).status).toBe(200)
    const week = await columns(`metrics=${rate}&start=${end - 30 * 86_400}&end=${end}&member_id=all`)
    expect([week.body.step, week.body.times.length]).toEqual([1_800, 1_441])
    const many = await columns(
      `metrics=${Array.from({ length: 3 }, (_, i) => `${rate},x${i}`).join()}&start=${end - 90 * 86_400}&end=${end}&step=1800`,
    )
    expect([many.status, many.body.code]).toEqual([400, 'too_many_points'])
  })

  it('reads what has no labels once, when the values of a label take a wider step', async () => {
    const scalars = Array.from({ length: 120 }, (_, i) => ({
      source: 'peer_sent_bytes' as const,
      labels: { peer: String(i + 100) },
      value: 60,
    }))
    const members = [{ memberId: ALPHA, scalars, histograms: [] }]
    await store.writer.append({ clusterId: CLUSTER, at: NEWEST + 30_000, members })
    const read: string[] = []
    const slots: MetricsReader['slots'] = (query, options) => {
      read.push(...query.sources)
      return store.reader.slots(query, options)
    }
    const { get } = await openApp({ metrics: { ...store.reader, slots } })
    const names = `${PENDING},${PEER_SENT}_by_peer`
    const { body } = await get(`/api/range?format=columns&include=stats&range=30d&metrics=${names}`)
    expect([body.step, Object.keys(body.series).length]).toEqual([3_600, 123]) // of peers 5 and 6, too
    expect(read.filter((source) => source === 'proposals_pending')).toHaveLength(1)
  })

  it('has a forecast at the end of every slot, whatever agg says', async () => {
    const growth = 'etcd_mvcc_db_growth_bytes_per_hour'
    const hours = 'etcd_mvcc_db_hours_to_quota'
    const first = NEWEST + 120_000 // a multiple of five minutes
    for (let i = 0; i <= 24; i++)
      await store.writer.append({
        clusterId: CLUSTER,
        at: first + i * 300_000,
        members: [
          {
            memberId: ALPHA,
            scalars: [
              { source: 'db_total', labels: {}, value: 1e6 + i * 1_000 },
              { source: 'quota_bytes', labels: {}, value: 2e6 },
            ],
            histograms: [],
          },
        ],
      })
    const start = first / 1_000
    const query = `metrics=${growth},${hours}&start=${start}&end=${start + 7_500}&step=30&agg=max&include=band,stats`
    const { status, body } = await columns(query)
    const known = body.series[growth].slice(20, 241)
    expect([status, body.times.length, known.length]).toEqual([200, 250, 221])
    expect(body.series[growth].slice(0, 19)).toEqual(Array.from({ length: 19 }, () => null))
    for (const value of known) expect(value).toBeCloseTo(12_000, 3) // 1,000 bytes in five minutes
    expect(body.series[growth].slice(241)).toEqual(Array.from({ length: 9 }, () => null))
    expect(body.series[hours][240]).toBeCloseTo((2e6 - 1_024_000) / 12_000, 3)
    expect(body.band[growth].min).toEqual(body.series[growth])
    expect(body.stats[growth]).toMatchObject({ last: body.series[growth][240], last_time: start + 7_200 })
  })

  it('says which method has a rank', async () => {
    const calls = (method: string, value: number) => ({
      source: 'grpc_handled' as const,
      labels: { method, class: 'ok' },
      value,
    })
    await store.writer.append({
      clusterId: CLUSTER,
      at: NEWEST + 30_000,
      members: [
        { memberId: ALPHA, scalars: [calls('Put', 5), calls('Range', 9)], histograms: [] },
        { memberId: BETA, scalars: [], histograms: [] },
      ],
    })
    const names = 'grpc_method_0_count,grpc_method_1_count,grpc_method_2_count'
    const window = `start=${NEWEST / 1_000 + 30}&end=${NEWEST / 1_000 + 60}`
    const labels = { grpc_method_0_count: { method: 'Range' }, grpc_method_1_count: { method: 'Put' } }
    const one = await columns(`metrics=${names}&${window}`)
    expect([one.body.series.grpc_method_1_count, one.body.labels]).toEqual([[5], labels])
    expect((await columns(`metrics=${names}&${window}&member_id=all`)).body.labels).toEqual({
      [ALPHA]: labels,
      [BETA]: {},
    })
  })

  it('R24 answers windows older than single scrapes from rollups', async () => {
    const horizon = async () => ({ ticks: NEWEST - 600_000, rollups: NEWEST - 90 * 86_400_000 })
    const { get } = await openApp({ metrics: { ...store.reader, horizon } })
    for (const [step, raised] of [
      [60, 300],
      [420, 600],
    ]) {
      const { status, body } = await get(
        `/api/range?metrics=${PUTS},${P99}&range=20m&step=${step}&format=columns&include=band`,
      )
      expect([status, body.step, body.resolution]).toEqual([200, raised, 300])
      expect(body.series[PUTS].at(-1)).toBe(2)
    }
    const recent = await get(`/api/range?metrics=${PUTS}&range=5m&step=60`)
    expect([recent.body.step, recent.body.resolution]).toEqual([60, 30])
  })

  it('R25 refuses more parts than the store reads for one request, before it reads any', async () => {
    await fill(store, { members: [REMOVED], ticks: 2 })
    const { metrics, sources } = breakable(store.reader)
    const { get } = await openApp({ metrics })
    const names = METRICS.filter(({ kind }) => kind === 'rate' || kind === 'quantile').map(({ name }) => name)
    const ask = (count: number, include: string) =>
      get(`/api/range?metrics=${names.slice(0, count)}&member_id=all&range=7d&format=columns${include}`)
    const refused = await ask(90, '&include=band')
    expect([refused.status, refused.body.code, refused.body.max]).toEqual([400, 'too_many_metrics', 82])
    expect(sources()).toEqual([])
    expect((await ask(80, '&include=band')).status).toBe(200)
    expect((await ask(90, '')).status).toBe(200)
  })
})
