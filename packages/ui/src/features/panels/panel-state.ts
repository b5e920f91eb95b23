import { hasObservations, needsTwoScrapes } from '@etcdmonitor/core/metrics/metric-name'
import type { StatusAnswer } from '../../api/answers.ts'
import type { Problem } from '../../api/problem.ts'
import { drawnMembers, type PanelMode, UP_METRIC } from '../lines/panel-mode.ts'
import { columnOf } from '../lines/panel-model.ts'
import type { WindowData } from '../range/window-data.ts'

/** What is said over the plot of a panel, or beside its title (ui.md 7.10). Instants are Unix ms. */
export type PanelState =
  | { readonly kind: 'loading' }
  | { readonly kind: 'failed'; readonly problem: Problem }
  /** `seconds` until the first points, 0 when they are overdue. */
  | { readonly kind: 'collecting'; readonly seconds: number }
  /** `newest`: the newest data before the window. */
  | { readonly kind: 'empty'; readonly newest: number | undefined }
  | { readonly kind: 'not_exported'; readonly version: string }
  /** Quantiles and means alone: no observation looks like no metric. */
  | { readonly kind: 'unobserved'; readonly version: string }
  /** The API does not know a single one of the metrics. */
  | { readonly kind: 'not_served' }
  | { readonly kind: 'shown'; readonly staleSince: number | undefined; readonly failed: Failed | undefined }

interface Failed {
  readonly problem: Problem
  /** When what is shown was answered. */
  readonly since: number
}

export interface PanelFindings {
  readonly data: WindowData | undefined
  /** The data is that of another view, kept while this one's is fetched. */
  readonly isPlaceholder: boolean
  readonly problem: Problem | undefined
  readonly mode: PanelMode
  /** A line has a value. */
  readonly hasValues: boolean
  readonly metrics: readonly string[]
  readonly status: StatusAnswer | undefined
  /** Newest successful scrape of what is drawn. */
  readonly sampledAt: number | undefined
  readonly isLive: boolean
  readonly now: number
}

export function panelState(findings: PanelFindings): PanelState {
  const { data, problem } = findings
  if (!data) return problem ? { kind: 'failed', problem } : { kind: 'loading' }
  if (findings.hasValues) {
    return {
      kind: 'shown',
      staleSince: staleSince(findings, data),
      failed: problem && { problem, since: data.at },
    }
  }
  if (findings.isPlaceholder) return problem ? { kind: 'failed', problem } : { kind: 'loading' }
  if (findings.metrics.every((metric) => data.unknown.has(metric))) return { kind: 'not_served' }
  return collecting(findings) ?? notExported(findings, data) ?? empty(findings, data)
}

/** While the history is so young that there cannot be a point: rates and quantiles need two scrapes. */
function collecting({ status, metrics, isLive, now }: PanelFindings): PanelState | undefined {
  if (!status || !isLive) return undefined
  const interval = status.collect_interval * 1_000
  const scrapes = metrics.some(needsTwoScrapes) ? 2 : 1
  const { from } = status.history
  const age = from === null ? 0 : now - from * 1_000
  // one interval more than it takes: the slot of the first point may end later
  if (from !== null && age > (scrapes + 1) * interval) return undefined
  const last = status.collector.last_cycle_at
  if (last === null && status.collector.stale && from !== null) return undefined
  const due =
    (last === null ? now : last * 1_000) + interval * (from === null ? scrapes : Math.max(1, scrapes - 1))
  return { kind: 'collecting', seconds: Math.max(0, Math.ceil((due - now) / 1_000)) }
}

/** Scrapes succeeded, at least two of them, and nothing came of them. */
function notExported({ status, mode, metrics }: PanelFindings, data: WindowData): PanelState | undefined {
  const ids = drawnMembers(mode, [], data)
  const member = ids.find((id) => columnOf(data, id, UP_METRIC).filter((up) => up === 1).length > 2)
  if (member === undefined) return undefined
  const version = status?.members.find(({ id }) => id === member)?.version ?? ''
  return { kind: metrics.every(hasObservations) ? 'unobserved' : 'not_exported', version }
}

function empty({ sampledAt }: PanelFindings, { from }: WindowData): PanelState {
  return { kind: 'empty', newest: sampledAt !== undefined && sampledAt < from ? sampledAt : undefined }
}

/** What is drawn may be newer than what the page was told of the scrapes. */
function staleSince(
  { sampledAt, status, mode, isLive, now }: PanelFindings,
  data: WindowData,
): number | undefined {
  if (!isLive || sampledAt === undefined || !status) return undefined
  const newest = Math.max(sampledAt, ...drawnMembers(mode, [], data).map((id) => scrapedAt(id, data)))
  return now - newest > 3 * status.collect_interval * 1_000 ? newest : undefined
}

/** Beginning of the newest slot without a failed scrape, 0 when there is none. */
function scrapedAt(id: string, data: WindowData): number {
  return data.times[columnOf(data, id, UP_METRIC).lastIndexOf(1)] ?? 0
}
