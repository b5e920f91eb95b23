import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { MemberStatus } from '../../etcd/member.ts'
import type { MemberTicks, SeriesTicks } from '../../ports/metrics-store.ts'
import { METRICS } from '../catalogue.ts'
import { currentValue } from '../evaluate/current-values.ts'
import { spreadLabels } from '../evaluate/metric-labels.ts'
import type { MemberTick } from '../sample.ts'
import { tickParts } from '../slots/tick-parts.ts'
import { type SourceEntry, sourceOf } from '../sources.ts'
import { toMemberId } from './label-rules.ts'
import { toMemberTick } from './member-tick.ts'
import { type MemberPage, parsePage } from './parse-page.ts'

const AT = [0, 30_000]

function readRecorded(version: string): { readonly page: MemberPage; readonly memberId: string } {
  const body = readFileSync(new URL(`../../../../../test/fixtures/metrics-${version}.txt`, import.meta.url))
  const memberId = toMemberId(/etcd_server_id\{server_id="(\w+)"\}/.exec(body.toString())?.[1] ?? '')
  const work = parsePage(body, memberId)
  for (;;) {
    const { done, value } = work.next()
    if (!done) continue
    if ('reason' in value) throw new Error(`${value.reason}: ${value.detail}`)
    return { page: value, memberId }
  }
}

/** What the collector makes of the page beside a good Status. */
function tickOf({ page, memberId }: ReturnType<typeof readRecorded>): MemberTick {
  const status: MemberStatus = {
    memberId,
    clusterId: '1',
    leaderId: memberId,
    serverVersion: page.info.serverVersion ?? '',
    dbSizeBytes: 1,
    dbSizeInUseBytes: 1,
    revision: '5000',
    raftTerm: '2',
    raftIndex: '5000',
    raftAppliedIndex: '5000',
    isLearner: false,
    errors: [],
    alarms: [],
  }
  const peers = page.scalars.flatMap(({ source, labels }) =>
    source === 'active_peers' ? (labels.peer ?? []) : [],
  )
  const answer = { memberId, page, scrapeSeconds: 0.01, bodyBytes: 1, status, statusSeconds: 0.01 }
  return toMemberTick(answer, { peers, intervalSeconds: 30, leaseCount: 4 }).tick
}

/** The tick, and one before it at which nothing had been counted yet: every counter and bucket has a delta. */
function ticksOf({ memberId, scalars, histograms }: MemberTick): MemberTicks {
  const before = (entry: SourceEntry, value: number) =>
    entry.kind === 'gauge' || entry.restart === 'continues' ? value : 0
  const series: SeriesTicks[] = [
    ...scalars.map(
      ({ source, labels, value }): SeriesTicks => ({
        kind: sourceOf(source).kind as 'gauge' | 'counter', // of scalars alone
        source,
        labels,
        values: Float64Array.of(before(sourceOf(source), value), value),
      }),
    ),
    ...histograms.map(
      ({ source, labels, bounds, buckets, sum }): SeriesTicks => ({
        kind: 'histogram',
        source,
        labels,
        bounds,
        buckets: buckets.map((count) => Float64Array.of(0, count)),
        sum: Float64Array.of(0, sum),
      }),
    ),
  ]
  const absent = Float64Array.of(Number.NaN, Number.NaN)
  return {
    member: { clusterId: '1', memberId },
    times: Float64Array.from(AT),
    first: 0,
    intervalSeconds: absent,
    clockError: absent,
    raftPosition: absent,
    series,
  }
}

/** Names that have no value now on that page. */
function namesWithout(version: string): string[] {
  const parts = {
    ...tickParts(ticksOf(tickOf(readRecorded(version)))),
    leading: new Map(AT.map((at) => [at, 5_000])),
  }
  return METRICS.filter(
    (metric) => !spreadLabels(metric, parts.series).some((one) => currentValue(one, parts) !== undefined),
  ).map(({ name }) => name)
}

const quantiles = (histogram: string) =>
  ['p50', 'p90', 'p99', 'mean'].map((suffix) => `${histogram}_${suffix}`)
/** A histogram that the page does not have: its six names. */
const lacks = (histogram: string) => [
  ...quantiles(histogram),
  `${histogram}_count`,
  `${histogram}_count_rate`,
]

/** On no page: forecasts rest on hours; nothing failed, and no snapshot of a member or hash was asked for; metrics are not extensive. */
const EVERYWHERE = [
  'etcd_mvcc_db_growth_bytes_per_hour',
  'etcd_mvcc_db_hours_to_quota',
  'grpc_server_handled_failed_rate_by_method',
  ...quantiles('etcd_snap_fsync_duration_seconds'),
  ...quantiles('etcd_snap_db_fsync_duration_seconds'),
  ...quantiles('etcd_snap_db_save_total_duration_seconds'),
  ...quantiles('etcd_mvcc_hash_duration_seconds'),
  ...quantiles('etcd_mvcc_hash_rev_duration_seconds'),
  ...lacks('grpc_server_handling_seconds'),
]
/** Eight methods were called. */
const FEW_METHODS = ['grpc_method_8_count', 'grpc_method_9_count']

it.each([
  [
    '3.4',
    [
      ...FEW_METHODS,
      ...lacks('etcd_server_apply_duration_seconds'),
      ...lacks('etcd_server_range_duration_seconds'),
      ...lacks('etcd_disk_wal_write_duration_seconds'),
      'process_cpu_saturation_ratio',
    ],
  ],
  ['3.5', [...lacks('etcd_server_range_duration_seconds'), 'process_cpu_saturation_ratio']],
  ['3.6', FEW_METHODS],
  ['3.7', []],
])('every name has a value on a page of etcd %s, but for what that page cannot tell', (version, missing) => {
  expect(namesWithout(version).toSorted()).toEqual([...EVERYWHERE, ...missing].toSorted())
})

it.each([
  ['3.4', '3.4.23', 1_600],
  ['3.5', '3.5.21', 1_800],
  ['3.6', '3.6.16', 1_600],
  ['3.7', '3.7.3', 1_800],
])('a page of etcd %s says what it is and how many puts this member served', (version, server, served) => {
  const { page } = readRecorded(version)
  const puts = page.scalars.find(({ source, labels }) => source === 'grpc_handled' && labels.method === 'Put')
  expect([page.info.serverVersion, puts?.value]).toEqual([server, served])
})
