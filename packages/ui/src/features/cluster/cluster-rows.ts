import { formatAge } from '@etcdmonitor/core/format/format-age'
import { formatId } from '@etcdmonitor/core/format/format-id'
import { formatValue } from '@etcdmonitor/core/format/format-value'
import type { MetricUnit } from '@etcdmonitor/core/metrics/catalogue'
import { judgeValue } from '@etcdmonitor/core/metrics/thresholds'
import type { Column, CurrentAnswer, MemberAnswer, StatusAnswer } from '../../api/answers.ts'
import type { ClusterMessages } from '../../i18n/cluster-messages.ts'
import type { WindowData } from '../range/window-data.ts'
import { byIndex, byMajority, byMedian, bySize, type Deviation } from './deviations.ts'
import { type MetricRow, ROW_METRICS, SPARK_ROWS } from './row-metrics.ts'

/** What one row says of one member. */
export interface Cell {
  readonly text: string
  /** Beside the value, smaller. */
  readonly note?: string
  /** It differs from the others, or is beyond a threshold. */
  readonly mark?: 'warn' | 'crit' | 'ok'
  /** What the mark means. */
  readonly why?: string
  /** Of the last hour. */
  readonly line?: Column
  /** The value is of some time ago: the row of the last scrape says when. */
  readonly isOld?: boolean
}

export interface ClusterRow {
  readonly id: RowId
  readonly title: string
  /** In the order of the members. */
  readonly cells: readonly Cell[]
  /** How far the members are from each other; `''`: nothing to say. */
  readonly spread: string
}

export type RowId =
  | 'status'
  | 'version'
  | 'memberId'
  | 'dbSize'
  | 'inUse'
  | 'raft'
  | 'lastScrape'
  | 'address'
  | MetricRow

export interface RowFacts {
  readonly status: StatusAnswer
  readonly current: CurrentAnswer | undefined
  readonly hour: WindowData | undefined
  /** Unix ms by the server's clock. */
  readonly now: number
}

type Texts = ClusterMessages['cluster']

const UNITS: Readonly<Record<MetricRow, MetricUnit>> = {
  quota: 'ratio',
  applyLag: 'count',
  walFsync: 'seconds',
  backendCommit: 'seconds',
  peerRoundTrip: 'seconds',
  cpu: 'percent',
  memory: 'bytes',
  fds: 'ratio',
  requests: 'per_second',
}

const METRIC_ROWS = [
  'quota',
  'applyLag',
  'walFsync',
  'backendCommit',
  'peerRoundTrip',
  'cpu',
  'memory',
  'fds',
  'requests',
] as const satisfies readonly MetricRow[]

/** All members side by side: a row an attribute (ui.md 5). */
export function clusterRows(
  facts: RowFacts,
  messages: Pick<ClusterMessages, 'cluster' | 'health' | 'members'>,
): ClusterRow[] {
  const { members } = facts.status
  const texts = messages.cluster
  const metricRows = new Map(METRIC_ROWS.map((id) => [id, metricRow(id, facts, texts)]))
  const of = (id: MetricRow) => metricRows.get(id) as ClusterRow
  return [
    row(
      'status',
      members.map((member) => statusCell(member, messages)),
      texts,
    ),
    versionRow(members, texts),
    row(
      'memberId',
      members.map(({ id }) => ({ text: formatId(id) })),
      texts,
    ),
    sizeRow(members, texts),
    row('inUse', members.map(inUseCell), texts),
    of('quota'),
    raftRow(members, texts),
    ...METRIC_ROWS.slice(1).map(of),
    row(
      'lastScrape',
      members.map((member) => scrapeCell(member, facts, messages)),
      texts,
    ),
    row(
      'address',
      members.map(({ endpoint, client_urls }) => ({ text: endpoint || client_urls[0] || '-' })),
      texts,
    ),
  ]
}

const row = (id: RowId, cells: readonly Cell[], texts: Texts, spread = ''): ClusterRow => ({
  id,
  title: texts.rows[id],
  cells,
  spread,
})

const LOOKS = { healthy: 'ok', learner: 'ok', unhealthy: 'warn', unreachable: 'crit' } as const

function statusCell({ status, errors }: MemberAnswer, { members }: Pick<ClusterMessages, 'members'>): Cell {
  const [why] = errors
  return { text: members.states[status], mark: LOOKS[status], ...(why && { note: why }) }
}

/** Of the newest answer of a member that does not answer any more. */
const isOldView = ({ status }: MemberAnswer): boolean => status === 'unreachable'

function versionRow(members: readonly MemberAnswer[], texts: Texts): ClusterRow {
  const versions = members.map(({ version }) => version)
  const deviations = byMajority(versions)
  const cells = members.map((member, at) => ({
    text: member.version || '-',
    ...explain(deviations[at], () => texts.otherVersion),
    isOld: isOldView(member),
  }))
  const count = new Set(versions.filter(Boolean)).size
  return row('version', cells, texts, count > 1 ? texts.versions(count) : '')
}

function sizeRow(members: readonly MemberAnswer[], texts: Texts): ClusterRow {
  const sizes = members.map(({ db_size }) => db_size)
  const deviations = bySize(sizes)
  const cells = members.map((member, at) => ({
    text: formatValue('bytes', member.db_size),
    ...explain(deviations[at], texts.otherSize),
    isOld: isOldView(member),
  }))
  const known = sizes.filter((size) => size !== null)
  const largest = Math.max(...known)
  const spread = known.length < 2 || largest === 0 ? '' : percent(1 - Math.min(...known) / largest)
  return row('dbSize', cells, texts, spread)
}

function inUseCell(member: MemberAnswer): Cell {
  const { db_size: size, db_size_in_use: used } = member
  const note = size && used !== null ? percent(used / size) : undefined
  return { text: formatValue('bytes', used), ...(note && { note }), isOld: isOldView(member) }
}

function raftRow(members: readonly MemberAnswer[], texts: Texts): ClusterRow {
  // decimal strings of up to 20 digits
  const indexes = members.map((member) =>
    member.raft_index === null || isOldView(member) ? null : BigInt(member.raft_index),
  )
  const deviations = byIndex(indexes)
  const cells = members.map((member, at) => ({
    text: member.raft_index === null ? '-' : `${member.raft_term ?? '-'} / ${member.raft_index}`,
    ...explain(deviations[at], texts.behind),
    isOld: isOldView(member),
  }))
  const known = indexes.filter((index) => index !== null).toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const [least, largest] = [known[0], known.at(-1)]
  const spread = known.length > 1 && least !== undefined && largest !== undefined ? `${largest - least}` : ''
  return row('raft', cells, texts, spread)
}

function metricRow(id: MetricRow, { status, current, hour }: RowFacts, texts: Texts): ClusterRow {
  const name = ROW_METRICS[id]
  const isLine = (SPARK_ROWS as readonly MetricRow[]).includes(id)
  const knownOf = (member: MemberAnswer) => current?.members[member.id]
  const fresh = status.members.map((member) => {
    const known = knownOf(member)
    return known && !known.stale ? (known.metrics[name] ?? null) : null
  })
  const deviations = isLine ? byMedian(fresh, (value) => isNotable(name, value)) : []
  const cells = status.members.map((member, at): Cell => {
    const known = knownOf(member)
    const value = known?.metrics[name]
    const line = isLine ? hour?.members.get(member.id)?.series.get(name) : undefined
    return {
      text: formatValue(UNITS[id], value),
      ...(line && { line }),
      ...(known?.stale && { isOld: true }),
      ...(deviations[at] === undefined
        ? tierMark(name, value, known?.observations[name], texts)
        : explain(deviations[at], texts.slower)),
    }
  })
  return row(id, cells, texts)
}

const isNotable = (name: string, value: number): boolean => {
  const tier = judgeValue(name, value)
  return tier !== undefined && tier !== 'ok'
}

function tierMark(
  name: string,
  value: number | undefined,
  observations: number | undefined,
  texts: Texts,
): Pick<Cell, 'mark' | 'why'> {
  const tier = judgeValue(name, value, observations)
  if (tier === 'warning') return { mark: 'warn', why: texts.tiers.warning }
  if (tier === 'critical') return { mark: 'crit', why: texts.tiers.critical }
  return {}
}

function scrapeCell(
  member: MemberAnswer,
  { current, now }: RowFacts,
  { cluster: texts, health }: Pick<ClusterMessages, 'cluster' | 'health'>,
): Cell {
  const known = current?.members[member.id]
  if (!current) return { text: '-' }
  const why = member.scrape_error === '' ? {} : { note: member.scrape_error }
  if (!known?.sample_time) return { text: texts.neverScraped, mark: 'warn', ...why }
  const text = health.ago(formatAge(Math.max(1_000, now - known.sample_time * 1_000)))
  return known.stale ? { text, mark: 'warn', why: texts.notScraped, ...why } : { text, ...why }
}

function explain(
  deviation: Deviation | undefined,
  why: string | ((amount: string) => string) | (() => string),
): Pick<Cell, 'mark' | 'why'> {
  if (deviation === undefined) return {}
  return { mark: 'warn', why: typeof why === 'string' ? why : why(deviation.amount) }
}

const percent = (share: number): string => `${Math.round(share * 100)} %`
