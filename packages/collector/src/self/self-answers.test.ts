import { readPage } from '@etcdmonitor/core/metrics/scrape/exposition'
import { expect, it } from 'vitest'
import { createCollectorMeters } from './collector-meters.ts'
import { outboxFamilies, processFamilies } from './process-families.ts'
import { answerSelf, type SelfFacts } from './self-answers.ts'

const HEALTHY: SelfFacts = { isDraining: false, isStoring: true, families: () => [] }
const FAMILIES = [
  ...createCollectorMeters('outbox').families(),
  ...processFamilies({
    cpuSeconds: 1.5,
    residentBytes: 1e8,
    openFiles: 30,
    startedAt: 1_790_000_000.5,
    loopDelays: [[0.99, 0.002]],
  }),
  ...outboxFamilies({ bytes: 4_096, records: 2, oldestAt: 1_790_000_000_000 }, 1_790_000_007_500),
]

const ask = (target: string, facts: Partial<SelfFacts> = {}, method = 'GET') =>
  answerSelf(method, target, { ...HEALTHY, ...facts })

it.each([
  ['ready', {}, 200, { status: 'ready', checks: { metrics_store: 'ok' } }],
  [
    'not ready while ticks cannot be stored',
    { isStoring: false },
    503,
    { status: 'not_ready', checks: { metrics_store: 'unavailable' } },
  ],
  [
    'not ready while it ends',
    { isDraining: true },
    503,
    { status: 'not_ready', checks: { metrics_store: 'ok', process: 'draining' } },
  ],
])('H1 H5 is %s', (_name, facts, status, body) => {
  const answer = ask('/readyz', facts)
  expect([answer.status, JSON.parse(answer.body)]).toEqual([status, body])
  expect([ask('/healthz', facts).status, ask('/healthz', facts).body]).toEqual([200, '{"status":"ok"}'])
})

it('H3 serves a page that can be scraped, with the version it has', () => {
  const { status, headers, body } = ask('/metrics?x=1', { families: () => FAMILIES })
  expect([status, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
  expect(body).toMatch(/^etcdmonitor_build_info\{version="\d+\.\d+\.\d+"\} 1$/m)
  expect(body).toMatch(/^etcdmonitor_store_commits_total\{store="outbox",result="failed"\} 0$/m)
  expect(body).toMatch(/^etcdmonitor_event_loop_delay_seconds\{quantile="0.99"\} 0.002$/m)
  expect(body).toMatch(/^etcdmonitor_outbox_oldest_seconds 7.5$/m)
  const reading = readPage(new TextEncoder().encode(body))
  let step = reading.next()
  while (!step.done) step = reading.next()
  const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  expect(step.value).toMatchObject({ lines: lines.length, doubled: 0 })
})

it.each([
  ['/', 'GET', 404],
  ['/api/status', 'GET', 404],
  ['/metrics/', 'GET', 404],
  ['/metrics', 'POST', 405],
  ['/readyz', 'HEAD', 200],
])('H3 answers %s by %s with %d', (target, method, status) => {
  expect(ask(target, {}, method).status).toBe(status)
})
