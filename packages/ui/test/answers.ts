import { FURTHER_PANELS } from '@etcdmonitor/core/metrics/further-panels'
import { PANELS, type Panel } from '@etcdmonitor/core/metrics/panels'
import type { MemberAnswer, StatusAnswer } from '../src/api/answers.ts'
import { labelledLines } from '../src/features/lines/labelled-lines.ts'
import type { PanelFacts } from '../src/features/lines/panel-model.ts'
import { findSilence } from '../src/features/lines/silence.ts'
import { findMarks } from '../src/features/marks/find-marks.ts'
import type { MemberColumns, WindowData } from '../src/features/range/window-data.ts'

export function aPanel(id: string): Panel {
  const panel = [...PANELS, ...FURTHER_PANELS].find((one) => one.id === id)
  if (!panel) throw new Error(`no panel ${id}`)
  return panel
}

export const aMember = (id: string, changes: Partial<MemberAnswer> = {}): MemberAnswer => ({
  id,
  name: `etcd-${id}`,
  client_urls: [],
  peer_urls: [],
  endpoint: '',
  is_default: false,
  is_leader: false,
  is_learner: false,
  version: '3.4.30',
  status: 'healthy',
  db_size: null,
  db_size_in_use: null,
  raft_term: null,
  raft_index: null,
  errors: [],
  checked_at: null,
  scrape_error: '',
  ...changes,
})

/** A healthy cluster of three that is scraped every 10 s; server time 10,000 s, history of an hour. */
export const aStatus = (changes: Partial<StatusAnswer> = {}): StatusAnswer => ({
  status: 'running',
  app_version: '0.1.0',
  collector_up: true,
  etcd_endpoint: '',
  etcd_version: '3.4.30',
  collect_interval: 10,
  retention_days: 7,
  history: { from: 6_400, single_scrapes_from: 6_400 },
  members: [aMember('7', { is_leader: true }), aMember('8'), aMember('9')],
  default_member_id: '7',
  member_count: 3,
  timestamp: 10_000,
  cluster_id: '1',
  as_of: 9_999,
  age_seconds: 1,
  stale: false,
  health: { state: 'healthy', reasons: [] },
  data_since: 0,
  endpoints: [anEndpoint()],
  collector: { last_cycle_at: 9_995, age_seconds: 5, stale: false },
  storage: { metrics: 'ok', state: 'ok' },
  ...changes,
})

export const anEndpoint = (
  changes: Partial<StatusAnswer['endpoints'][number]> = {},
): StatusAnswer['endpoints'][number] => ({
  endpoint: 'http://10.9.0.4:2379',
  ok: true,
  role: 'member',
  stage: 'ready',
  kind: '',
  error: '',
  latency_ms: 2,
  checked_at: 9_999,
  ...changes,
})

interface AColumn {
  readonly values: readonly (number | null)[]
  readonly last?: number | null
  /** Unix seconds. */
  readonly lastTime?: number
}

/** Slots of 10 s from 0 on; by member and metric. */
export function aWindow(
  members: Readonly<Record<string, Readonly<Record<string, AColumn>>>>,
  changes: Partial<WindowData> = {},
): WindowData {
  const columns = Object.values(members).flatMap((metrics) => Object.values(metrics))
  const slots = Math.max(0, ...columns.map(({ values }) => values.length))
  return {
    from: 0,
    to: slots * 10_000,
    step: 10_000,
    part: 10_000,
    times: Array.from({ length: slots }, (_, i) => i * 10_000),
    members: new Map(Object.entries(members).map(([id, metrics]) => [id, toColumns(metrics)])),
    unknown: new Set(),
    at: slots * 10_000,
    ...changes,
  }
}

function toColumns(metrics: Readonly<Record<string, AColumn>>): MemberColumns {
  const entries = Object.entries(metrics)
  return {
    bands: new Map(),
    series: new Map(entries.map(([name, { values }]) => [name, values])),
    stats: new Map(
      entries.map(([name, { last = null, lastTime = null }]) => [
        name,
        { min: last, max: last, avg: last, last, last_time: lastTime },
      ]),
    ),
  }
}

export const NO_FACTS: PanelFacts = {
  members: [],
  current: undefined,
  interval: 10_000,
  isLive: true,
  runs: [],
  dataSince: 0,
  further: { labelledLines, findSilence, findMarks },
}
