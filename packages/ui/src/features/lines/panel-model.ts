import type { MetricUnit } from '@etcdmonitor/core/metrics/catalogue'
import { hasAverage, hasExtremes, isIncrease } from '@etcdmonitor/core/metrics/metric-name'
import type { ColourRole, Panel, PanelSeries } from '@etcdmonitor/core/metrics/panels'
import type { Column, CurrentAnswer, MemberAnswer, StatsAnswer } from '../../api/answers.ts'
import {
  type ChartColumns,
  type ChartSeries,
  SEQUENCE,
  type SeriesColour,
} from '../../charts/chart-columns.ts'
import type { Messages } from '../../i18n/messages.ts'
import type { findMarks, MarkFacts } from '../marks/find-marks.ts'
import { bandOf } from '../range/band-need.ts'
import type { WindowData } from '../range/window-data.ts'
import { memberName } from '../shell/health-model.ts'
import type { labelledLines } from './labelled-lines.ts'
import { drawnMembers, type PanelMode } from './panel-mode.ts'
import type { findSilence } from './silence.ts'
import { tierColour } from './tier-lines.ts'

const STALE_INTERVALS = 3
const NO_STATS: StatsAnswer = { min: null, max: null, avg: null, last: null, last_time: null }
/** A version of etcd has few of these series: those without a value are left out (metrics.md 5.2). */
const LEFT_OUT_WHEN_EMPTY = /^etcd_server_client_requests_/

export interface PanelFacts extends Pick<MarkFacts, 'runs' | 'dataSince'> {
  readonly members: readonly MemberAnswer[]
  readonly current: CurrentAnswer | undefined
  /** ms between scrapes. */
  readonly interval: number
  /** The window ends now: values should be new. */
  readonly isLive: boolean
  /** Loaded later than the first charts. */
  readonly further:
    | {
        readonly labelledLines: typeof labelledLines
        readonly findSilence: typeof findSilence
        readonly findMarks: typeof findMarks
      }
    | undefined
}

export function toColumns(
  panel: Panel,
  mode: PanelMode,
  data: WindowData,
  facts: PanelFacts,
  messages: Pick<Messages, 'monitor' | 'panel' | 'marks' | 'runs'>,
): ChartColumns {
  const ids = drawnMembers(mode, facts.members, data)
  const { from, to, times, step } = data
  const linesOf = (): ChartSeries[] => {
    switch (mode.kind) {
      case 'member':
        return memberLines(panel, mode.id, data, facts)
      case 'all':
        return ids.map((id, index) =>
          overlayLine(panel, mode.series, { id, index, data, facts, texts: messages.monitor }),
        )
      case 'labels':
        return (
          facts.further?.labelledLines(
            mode.series,
            data.members.get(mode.id),
            facts.members,
            messages.panel,
          ) ?? []
        )
    }
  }
  return {
    from,
    to,
    times,
    step,
    series: linesOf(),
    silent: facts.further?.findSilence(ids, data, facts) ?? [],
    marks: facts.further?.findMarks(ids, data, facts, messages) ?? [],
  }
}

function memberLines(panel: Panel, id: string, data: WindowData, facts: PanelFacts): ChartSeries[] {
  const isEmpty = ({ metric }: PanelSeries) =>
    LEFT_OUT_WHEN_EMPTY.test(metric) && statsOf(data, id, metric).last === null
  return panel.series.flatMap((one, index) => (isEmpty(one) ? [] : [memberLine(one, index, id, data, facts)]))
}

function memberLine(
  series: PanelSeries,
  index: number,
  id: string,
  data: WindowData,
  facts: PanelFacts,
): ChartSeries {
  const { label, metric, role, style, axis, unit } = series
  const observations = facts.current?.members[id]?.observations?.[metric]
  const { last } = statsOf(data, id, metric)
  return {
    ...common(metric, unit, data, id, facts),
    band: bandOf(series, data.members.get(id)),
    key: metric,
    name: label,
    note: '',
    axis,
    style,
    colour: role === 'tier' ? tierColour(metric, last, observations) : roleColour(role),
    dash: index,
  }
}

interface OfMember {
  readonly id: string
  readonly index: number
  readonly data: WindowData
  readonly facts: PanelFacts
  readonly texts: Messages['monitor']
}

function overlayLine(
  { lanes }: Panel,
  series: PanelSeries,
  { id, index, data, facts, texts }: OfMember,
): ChartSeries {
  const { metric, style, unit } = series
  const { members } = facts
  const member = members.find((one) => one.id === id)
  return {
    ...common(metric, unit, data, id, facts),
    band: bandOf(series, data.members.get(id)),
    key: id,
    name: memberName(id, members),
    note: member ? (member.is_leader ? texts.leader : '') : texts.left,
    axis: 'left',
    style: lanes ? style : (OVERLAID[style] ?? style),
    colour: SEQUENCE[index % SEQUENCE.length] ?? 'gray',
    dash: index,
  }
}

/** What fills an area would hide the members behind it. */
const OVERLAID: Partial<Record<PanelSeries['style'], PanelSeries['style']>> = {
  area: 'line',
  dashed: 'line',
  bars: 'step',
}

function common(
  metric: string,
  unit: MetricUnit,
  data: WindowData,
  id: string,
  { interval, isLive }: PanelFacts,
): Pick<ChartSeries, 'unit' | 'values' | 'stats' | 'isCount' | 'staleSince'> {
  const stats = statsOf(data, id, metric)
  const lastAt = (stats.last_time ?? 0) * 1_000
  // a slot may be named by its beginning
  const isStale = isLive && lastAt > 0 && data.to - lastAt > STALE_INTERVALS * interval + data.step
  return {
    unit,
    values: columnOf(data, id, metric),
    isCount: isIncrease(metric),
    stats: {
      ...stats,
      ...(!hasAverage(metric) && { avg: null }),
      ...(!hasExtremes(metric) && { min: null, max: null }),
    },
    ...(isStale && { staleSince: lastAt }),
  }
}

export const columnOf = (data: WindowData, id: string, metric: string): Column =>
  data.members.get(id)?.series.get(metric) ?? []

const statsOf = (data: WindowData, id: string, metric: string): StatsAnswer =>
  data.members.get(id)?.stats.get(metric) ?? NO_STATS

/** `sequence` and `member` are of series by label, which take their colours by place. */
const roleColour = (role: Exclude<ColourRole, 'tier'>): SeriesColour =>
  role === 'sequence' || role === 'member' ? 'gray' : role
