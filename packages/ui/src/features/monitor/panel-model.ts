import { formatValue } from '@etcdmonitor/core/format/format-value'
import type { MetricUnit } from '@etcdmonitor/core/metrics/catalogue'
import { findMetric } from '@etcdmonitor/core/metrics/catalogue'
import { type ColourRole, type Panel, type PanelSeries, QUOTA_LINES } from '@etcdmonitor/core/metrics/panels'
import type { Column, CurrentAnswer, MemberAnswer, StatsAnswer } from '../../api/answers.ts'
import {
  type ChartColumns,
  type ChartSeries,
  type LevelLine,
  SEQUENCE,
  type SeriesColour,
} from '../../charts/chart-columns.ts'
import type { Messages } from '../../i18n/messages.ts'
import { ALL_MEMBERS, type MonitorView } from '../../url/monitor-url.ts'
import { memberName } from '../shell/health-model.ts'
import { findSilence } from './silence.ts'
import { tierColour, tierLines } from './tier-lines.ts'
import type { WindowData } from './window-data.ts'

export const UP_METRIC = 'collector_up'
const STALE_INTERVALS = 3
const NO_STATS: StatsAnswer = { min: null, max: null, avg: null, last: null, last_time: null }

/** What a panel draws: all of its series of one member, or one series of all members. */
export type PanelMode =
  | { readonly kind: 'member'; readonly id: string }
  | { readonly kind: 'all'; readonly series: PanelSeries }

export function panelMode(panel: Panel, view: Pick<MonitorView, 'picks'>, member: string): PanelMode {
  if (member !== ALL_MEMBERS) return { kind: 'member', id: member }
  const picked = panel.series.find(({ metric }) => metric === view.picks.get(panel.id))
  const [first] = panel.series
  if (!first) throw new Error(`panel ${panel.id} has no series`)
  return { kind: 'all', series: picked ?? first }
}

/** Metrics that a panel asks for: its lines, what its level lines rest on, and who was scraped. */
export function panelMetrics(panel: Panel, mode: PanelMode): string[] {
  const drawn = mode.kind === 'all' ? [mode.series.metric] : panel.series.map(({ metric }) => metric)
  return [...drawn, ...(panel.id === QUOTA_LINES.panel ? [QUOTA_LINES.metric] : []), UP_METRIC]
}

/** Units of the axes: with all members, that of the series picked. */
export function panelAxes(
  panel: Panel,
  mode: PanelMode,
): { readonly left: MetricUnit; readonly right: MetricUnit | null } {
  if (mode.kind === 'member') return { left: panel.left, right: panel.right }
  return { left: mode.series.axis === 'right' && panel.right ? panel.right : panel.left, right: null }
}

/** Who is drawn and in what order: the members as listed, then those that have left, by id. */
export function drawnMembers(
  mode: PanelMode,
  members: readonly MemberAnswer[],
  data: Pick<WindowData, 'members'>,
): string[] {
  if (mode.kind === 'member') return [mode.id]
  const listed = members.map(({ id }) => id)
  const left = [...data.members.keys()].filter((id) => !listed.includes(id))
  return [...listed, ...left.sort((one, other) => (BigInt(one) < BigInt(other) ? -1 : 1))]
}

export interface PanelFacts {
  readonly members: readonly MemberAnswer[]
  readonly current: CurrentAnswer | undefined
  /** ms between scrapes. */
  readonly interval: number
  /** The window ends now: values should be new. */
  readonly isLive: boolean
}

export function toColumns(
  panel: Panel,
  mode: PanelMode,
  data: WindowData,
  facts: PanelFacts,
  { monitor }: Pick<Messages, 'monitor'>,
): ChartColumns {
  const ids = drawnMembers(mode, facts.members, data)
  const series =
    mode.kind === 'member'
      ? panel.series.map((one, index) => memberLine(one, index, mode.id, data, facts))
      : ids.map((id, index) => overlayLine(mode.series, index, id, data, facts, monitor))
  const { from, to, times, step } = data
  return { from, to, times, step, series, silent: findSilence(ids, data, facts) }
}

function memberLine(
  { label, metric, role, style, axis }: PanelSeries,
  index: number,
  id: string,
  data: WindowData,
  facts: PanelFacts,
): ChartSeries {
  const stats = statsOf(data, id, metric)
  const observations = facts.current?.members[id]?.observations?.[metric]
  return {
    ...common(metric, data, id, facts),
    key: metric,
    name: label,
    note: '',
    axis,
    style,
    colour: role === 'tier' ? tierColour(metric, stats.last, observations) : roleColour(role),
    dash: index,
  }
}

function overlayLine(
  { metric, style }: PanelSeries,
  index: number,
  id: string,
  data: WindowData,
  facts: PanelFacts,
  texts: Messages['monitor'],
): ChartSeries {
  const { members } = facts
  const member = members.find((one) => one.id === id)
  return {
    ...common(metric, data, id, facts),
    key: id,
    name: memberName(id, members),
    note: member ? (member.is_leader ? texts.leader : '') : texts.left,
    axis: 'left',
    style: style === 'area' ? 'line' : style,
    colour: SEQUENCE[index % SEQUENCE.length] ?? 'gray',
    dash: index,
  }
}

function common(
  metric: string,
  data: WindowData,
  id: string,
  { interval, isLive }: PanelFacts,
): Pick<ChartSeries, 'unit' | 'values' | 'stats' | 'staleSince'> {
  const stats = statsOf(data, id, metric)
  const lastAt = (stats.last_time ?? 0) * 1_000
  // a slot may be named by its beginning
  const isStale = isLive && lastAt > 0 && data.to - lastAt > STALE_INTERVALS * interval + data.step
  return {
    unit: findMetric(metric)?.unit ?? 'count',
    values: columnOf(data, id, metric),
    stats,
    ...(isStale && { staleSince: lastAt }),
  }
}

/** Lines of the tiers and of the quota that concern what is drawn (metrics.md 5.2). */
export function levelLines(
  panel: Panel,
  mode: PanelMode,
  data: WindowData | undefined,
  { panel: texts }: Pick<Messages, 'panel'>,
): LevelLine[] {
  const concerned = panel.lines.filter((metric) => mode.kind === 'member' || mode.series.metric === metric)
  const tiers = concerned.flatMap((metric) => tierLines(metric, panel.left, (tier) => texts.tiers[tier]))
  if (panel.id !== QUOTA_LINES.panel || !data) return tiers
  const quotas = [...data.members.values()].flatMap(({ stats }) => stats.get(QUOTA_LINES.metric)?.last ?? [])
  const quota = quotas.length > 0 ? Math.min(...quotas) : 0
  if (quota <= 0) return tiers
  const lines = QUOTA_LINES.at.map(({ share, tier, label }): LevelLine => {
    const value = share * quota
    const colour = tier === 'critical' ? 'crit' : tier
    return { value, colour, label: texts.quota(label, formatValue('bytes', value)), axis: 'left' }
  })
  return [...tiers, ...lines]
}

export const columnOf = (data: WindowData, id: string, metric: string): Column =>
  data.members.get(id)?.series.get(metric) ?? []

const statsOf = (data: WindowData, id: string, metric: string): StatsAnswer =>
  data.members.get(id)?.stats.get(metric) ?? NO_STATS

const roleColour = (role: Exclude<ColourRole, 'tier'>): SeriesColour => role
