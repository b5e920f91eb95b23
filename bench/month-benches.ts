import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Metric } from '@etcdmonitor/core/metrics/catalogue'
import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import { toPromql } from './baselines/promql.ts'
import { findRivals, startRivals } from './baselines/rivals.ts'
import type { BenchFamily } from './bench.ts'
import { dashboardMetrics } from './dashboard-metrics.ts'
import { makeDataSet } from './data-set.ts'
import { openInProcessRange } from './in-process-range.ts'
import { loadStore } from './load-store.ts'
import { ratioRecord, type Subject, timeInTurn } from './measure.ts'
import type { Demand } from './records.ts'
import { overWindows, type View } from './view.ts'

const TITLE = '1 name, 30 d at 1 h of samples every 10 s, in process'
const HOUR = 3_600_000
const MONTH = { span: 720 * HOUR, step: HOUR }
const INTERVAL = 10_000
const DEMANDS: Readonly<Record<string, Demand>> = {
  prometheus: { op: '<=', value: 0.1 },
  victoria: { op: '<=', value: 0.5 },
}
/** A quarter of a million commits that wait for no disk. What is read is in memory either way. */
const MEMORY = '/dev/shm'
/** Stored with a counter: what its deltas are judged by. */
const RULES: readonly SourceId[] = ['collector_up', 'scrape_interval_seconds', 'raft_index']

/** The data set D2 of storage.md 8.1, of one name. */
export const monthBenches: BenchFamily = {
  ids: ['ST-6'],
  async run(_, context) {
    const servers = await findRivals()
    if ('missing' in servers)
      return [
        { id: 'ST-6', title: TITLE, unit: 'ratio', runs: [], verdict: 'not_run', reason: servers.missing },
      ]
    const data = makeDataSet({
      days: 30,
      interval: INTERVAL,
      members: 3,
      seed: context.seed,
      now: Date.now(),
    })
    const metric = dashboardMetrics().find(({ kind }) => kind === 'rate') as Metric // the catalogue has some
    const sources = new Set(metric.source)
    await using rivals = await startRivals(servers, { data, sources }, context)
    const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : context.folder, 'etcdmonitor-bench-'))
    try {
      context.say('ST-6: loading 30 days of 3 members')
      await loadStore({ batches: () => onlyOf(data.batches(), new Set([...sources, ...RULES])) }, folder)
      await using range = await openInProcessRange(folder, INTERVAL)
      const member = data.memberIds[0] ?? ''
      const promql = toPromql(metric, member, MONTH.step) ?? ''
      const askUs = (view: View) => range.answer({ ...view, member, names: [metric.name] })
      const asked = rivals.all.filter(({ id }) => id in DEMANDS)
      const subjects: Subject[] = [
        { id: 'ours', measure: overWindows(data, MONTH, askUs) },
        ...asked.map(({ id, query }) => ({
          id,
          measure: overWindows(data, MONTH, (view) => query({ ...view, promql, to: view.to - 1 })),
        })),
      ]
      const times = await timeInTurn(subjects)
      return asked.map(({ id }) =>
        ratioRecord({
          id: `ST-6 ${id}`,
          title: TITLE,
          ours: times.get('ours') ?? [],
          baseline: { id, times: times.get(id) ?? [] },
          demand: DEMANDS[id],
        }),
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
}

function* onlyOf(batches: Iterable<TickBatch>, sources: ReadonlySet<SourceId>): Generator<TickBatch> {
  for (const batch of batches)
    yield {
      ...batch,
      members: batch.members.map(({ memberId, scalars }) => ({
        memberId,
        scalars: scalars.filter(({ source }) => sources.has(source)),
        histograms: [],
      })),
    }
}
