import { labelOf } from '@etcdmonitor/core/metrics/metric-name'
import type { PanelSeries } from '@etcdmonitor/core/metrics/panels'
import type { Column, MemberAnswer, StatsAnswer } from '../../api/answers.ts'
import { type ChartSeries, SEQUENCE, type SeriesColour } from '../../charts/chart-columns.ts'
import type { Messages } from '../../i18n/messages.ts'
import type { MemberColumns } from '../range/window-data.ts'
import { memberName } from '../shell/health-model.ts'

const MAX_LINES = 8
const OTHER = 'other'

interface Labelled {
  readonly label: string
  readonly values: Column
  readonly stats: StatsAnswer
}

/**
 * One line per value of the label of `series`: peers by the name and in the colour of their member; methods by their calls, the busiest
 * ones, and the sum of the rest.
 */
export function labelledLines(
  series: PanelSeries,
  columns: MemberColumns | undefined,
  members: readonly Pick<MemberAnswer, 'id' | 'name'>[],
  texts: Messages['panel'],
): ChartSeries[] {
  const found = [...(columns?.series ?? [])].flatMap(([key, values]): Labelled[] => {
    const label = key.startsWith(`${series.metric}{`) ? labelOf(key) : undefined
    const stats = columns?.stats.get(key)
    return label !== undefined && stats ? [{ label, values, stats }] : []
  })
  const line = (one: Labelled, name: string, colour: SeriesColour, dash: number): ChartSeries => ({
    key: one.label,
    name,
    note: '',
    unit: series.unit,
    axis: 'left',
    style: 'line',
    colour,
    dash,
    values: one.values,
    isCount: false,
    stats: one.stats,
  })
  if (series.role === 'member') {
    const placeOf = (id: string) => members.findIndex((member) => member.id === id)
    return found
      .map((one) => ({ one, place: placeOf(one.label) }))
      .sort((one, other) => one.place - other.place)
      .map(({ one, place }) =>
        line(
          one,
          memberName(one.label, members),
          SEQUENCE[place % SEQUENCE.length] ?? 'gray',
          Math.max(0, place),
        ),
      )
  }
  const busiest = found.sort((one, other) => (other.stats.avg ?? 0) - (one.stats.avg ?? 0))
  const lines = busiest
    .slice(0, MAX_LINES)
    .map((one, place) => line(one, one.label, SEQUENCE[place] ?? 'gray', place))
  const rest = busiest.slice(MAX_LINES)
  return rest.length === 0 ? lines : [...lines, line(sumOf(rest), texts.other(rest.length), 'gray', 2)]
}

/** The extremes of a sum are not those of its parts: they are not told. */
function sumOf(parts: readonly Labelled[]): Labelled {
  const add = (of: (part: Labelled) => number | null | undefined): number | null => {
    const known = parts.map(of).filter((value) => value !== null && value !== undefined)
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0)
  }
  const values = (parts[0]?.values ?? []).map((_, slot) => add(({ values: column }) => column[slot]))
  const last_time = Math.max(...parts.map(({ stats }) => stats.last_time ?? 0)) || null
  const stats = {
    min: null,
    max: null,
    avg: add((one) => one.stats.avg),
    last: add((one) => one.stats.last),
    last_time,
  }
  return { label: OTHER, values, stats }
}
