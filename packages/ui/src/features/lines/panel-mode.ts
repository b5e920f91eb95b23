import type { MetricUnit } from '@etcdmonitor/core/metrics/catalogue'
import { FIXED_LINES, type Panel, type PanelSeries, QUOTA_LINES } from '@etcdmonitor/core/metrics/panels'
import type { MemberAnswer } from '../../api/answers.ts'
import { ALL_MEMBERS, type MonitorView } from '../../url/monitor-url.ts'
import type { WindowData } from '../range/window-data.ts'

export const UP_METRIC = 'collector_up'
/** Starts of the process of a member in a slot: asked with every window, for the marks. */
export const RESTARTS = 'process_restarts'
const PICKED_MEMBER = 'member_'

/** What a panel draws: all of its series of one member, one series of all members, or a series by its label, of one member. */
export type PanelMode =
  | { readonly kind: 'member'; readonly id: string }
  | { readonly kind: 'all'; readonly series: PanelSeries }
  | { readonly kind: 'labels'; readonly id: string; readonly series: PanelSeries }

/** `member`: the one of the page, or `all`. */
export function panelMode(
  panel: Panel,
  view: Pick<MonitorView, 'picks'>,
  member: string,
  members: readonly Pick<MemberAnswer, 'id' | 'is_leader'>[],
): PanelMode {
  const pick = view.picks.get(panel.id)
  const [first] = panel.series
  if (!first) throw new Error(`panel ${panel.id} has no series`)
  if (first.label.startsWith('{')) {
    const id = member === ALL_MEMBERS ? pickedMember(pick, members) : member
    return { kind: 'labels', id, series: first }
  }
  if (member !== ALL_MEMBERS) return { kind: 'member', id: member }
  return { kind: 'all', series: panel.series.find(({ metric }) => metric === pick) ?? first }
}

/** The word of the URL for a member that a panel shows while the page shows all. */
export const pickMember = (id: string): string => `${PICKED_MEMBER}${id}`

/** The leader until another one is chosen. */
function pickedMember(
  pick: string | undefined,
  members: readonly Pick<MemberAnswer, 'id' | 'is_leader'>[],
): string {
  const chosen = members.find(({ id }) => pick === pickMember(id))
  return (chosen ?? members.find(({ is_leader }) => is_leader) ?? members[0])?.id ?? ''
}

/** The series that a panel draws in this mode. */
export const drawnSeries = (panel: Panel, mode: PanelMode): readonly PanelSeries[] =>
  mode.kind === 'member' ? panel.series : [mode.series]

/** Metrics that a panel asks for: its lines, what its level lines and its head rest on, and who was scraped. */
export function panelMetrics(panel: Panel, mode: PanelMode): string[] {
  const drawn = drawnSeries(panel, mode).map(({ metric }) => metric)
  const quota = panel.id === QUOTA_LINES.panel ? [QUOTA_LINES.metric] : []
  return [...drawn, ...quota, ...(panel.forecast ? [panel.forecast] : []), UP_METRIC]
}

export interface PanelAxes {
  readonly left: MetricUnit
  readonly right: MetricUnit | null
  readonly y: readonly [number, number] | null
}

/** Units of the axes: with all members, that of the series picked. */
export function panelAxes(panel: Panel, mode: PanelMode): PanelAxes {
  if (mode.kind !== 'all') return { left: panel.left, right: panel.right, y: panel.y }
  return { left: mode.series.unit, right: null, y: mode.series.axis === 'left' ? panel.y : null }
}

/** Who is drawn and in what order: the members as listed, then those that have left, by id. */
export function drawnMembers(
  mode: PanelMode,
  members: readonly Pick<MemberAnswer, 'id'>[],
  data: Pick<WindowData, 'members'>,
): string[] {
  if (mode.kind !== 'all') return [mode.id]
  const listed = members.map(({ id }) => id)
  const left = [...data.members.keys()].filter((id) => !listed.includes(id))
  return [...listed, ...left.sort((one, other) => (BigInt(one) < BigInt(other) ? -1 : 1))]
}

/** Whether the fixed lines of the panel concern what is drawn, and on which axis. */
export function fixedLineAxis(panel: Panel, mode: PanelMode): 'left' | 'right' | undefined {
  if (panel.id !== FIXED_LINES.panel) return undefined
  if (mode.kind === 'member') return 'right'
  return mode.series.metric === FIXED_LINES.metric ? 'left' : undefined
}
