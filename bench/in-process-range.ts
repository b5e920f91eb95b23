import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { createLog } from '@etcdmonitor/adapters/node/log'
import { openSqliteMetricsReader } from '@etcdmonitor/adapters/sqlite/metrics/reading/metrics-reader'
import { toMembership } from '@etcdmonitor/api/members/membership'
import { computeRange } from '@etcdmonitor/api/range/compute-range'
import { RangeQuery } from '@etcdmonitor/api/range/range-query'
import { toRangeRequest } from '@etcdmonitor/api/range/range-request'
import { writeRange } from '@etcdmonitor/api/range/write-range'
import type { RangeRequest } from './loaded-console.ts'

const NOBODY = { members: [], endpoints: [], stale: true }

export interface InProcessRange extends AsyncDisposable {
  /** JSON, as `/api/range` would send it. */
  answer(request: RangeRequest): Promise<string>
}

/** What the API does for a range, without HTTP and without its cache of results. `interval`: of the samples, ms. */
export async function openInProcessRange(dataDir: string, interval: number): Promise<InProcessRange> {
  const metrics = openSqliteMetricsReader({ dataDir, clock, log: createLog('warn') })
  const membership = toMembership(NOBODY, await metrics.members(), interval)
  const horizon = await metrics.horizon()
  const { signal } = new AbortController()
  return {
    async answer({ member, names, from, to, step, include }) {
      const times = { start: String(from / 1_000), end: String(to / 1_000), step: String(step / 1_000) }
      const what = { format: 'columns', metrics: names.join(','), member_id: member, include }
      const query = RangeQuery.parse({ ...what, ...times })
      const facts = { membership, horizon, limits: metrics.limits, interval, now: clock.now() }
      const asked = toRangeRequest(query, facts)
      const { request, members } = await computeRange({ metrics, clock, interval }, asked, signal)
      return [...writeRange(request, members)].join('')
    },
    [Symbol.asyncDispose]: () => metrics[Symbol.asyncDispose](),
  }
}
