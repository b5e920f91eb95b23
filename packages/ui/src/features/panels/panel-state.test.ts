import { describe, expect, it } from 'vitest'
import { aStatus, aWindow } from '../../../test/answers.ts'
import { networkProblem } from '../../api/problem.ts'
import { type PanelFindings, panelState } from './panel-state.ts'

const RATE = 'etcd_mvcc_put_total_rate'
const GAUGE = 'process_resident_memory_bytes'
const problem = networkProblem(new Error('away'))
const column = (values: (number | null)[]) => ({ values })
const now = 10_000_000

const findings = (changes: Partial<PanelFindings> = {}): PanelFindings => ({
  data: aWindow({ '7': { [RATE]: column([1, 2]) } }),
  isPlaceholder: false,
  problem: undefined,
  mode: { kind: 'member', id: '7' },
  hasValues: !('data' in changes),
  metrics: [RATE],
  status: aStatus(),
  sampledAt: now - 5_000,
  isLive: true,
  now,
  ...changes,
})
const nothing = aWindow({ '7': { [RATE]: column([null, null]), collector_up: column([null, null]) } })
const young = (from: number | null, last: number | null) =>
  aStatus({
    history: { from, single_scrapes_from: from },
    collector: { last_cycle_at: last, age_seconds: 0, stale: false },
  })

describe('panelState', () => {
  it('is loading until there is an answer, failed when there is none', () => {
    expect(panelState(findings({ data: undefined }))).toEqual({ kind: 'loading' })
    expect(panelState(findings({ data: undefined, problem }))).toEqual({ kind: 'failed', problem })
  })

  it('shows what there is, and since when it was not updated', () => {
    expect(panelState(findings())).toEqual({ kind: 'shown', staleSince: undefined, failed: undefined })
    expect(panelState(findings({ problem }))).toMatchObject({
      kind: 'shown',
      failed: { problem, since: 20_000 },
    })
  })

  it('is stale when the newest scrape is older than three intervals, in a live window alone', () => {
    expect(panelState(findings({ sampledAt: now - 30_000 }))).toMatchObject({ staleSince: undefined })
    expect(panelState(findings({ sampledAt: now - 30_001 }))).toMatchObject({ staleSince: now - 30_001 })
    expect(panelState(findings({ sampledAt: now - 60_000, isLive: false }))).toMatchObject({
      staleSince: undefined,
    })
  })

  it('is not stale as long as newer scrapes are drawn than it was told of', () => {
    const at = (seconds: number, up: number) => {
      const data = aWindow({ '7': { [RATE]: column([1, 2]), collector_up: column([1, up]) } })
      return panelState(
        findings({
          data: { ...data, times: [0, now - seconds * 1_000] },
          hasValues: true,
          sampledAt: now - 40_000,
        }),
      )
    }
    expect(at(5, 1)).toMatchObject({ staleSince: undefined })
    expect(at(35, 1)).toMatchObject({ staleSince: now - 35_000 })
    expect(at(5, 0)).toMatchObject({ staleSince: now - 40_000 })
  })

  it('takes a picture of another view that shows nothing of this one for loading', () => {
    expect(panelState(findings({ data: nothing, isPlaceholder: true }))).toEqual({ kind: 'loading' })
  })
})

describe('a young history', () => {
  it.each([
    { what: 'nothing stored, a rate', from: null, last: null, metric: RATE, seconds: 20 },
    { what: 'nothing stored, a gauge', from: null, last: null, metric: GAUGE, seconds: 10 },
    { what: 'one scrape 4 s ago', from: 9_996, last: 9_996, metric: RATE, seconds: 6 },
    { what: 'an overdue scrape', from: 9_985, last: 9_985, metric: RATE, seconds: 0 },
  ])('counts down: $what', ({ from, last, metric, seconds }) => {
    const state = panelState(findings({ data: nothing, metrics: [metric], status: young(from, last) }))
    expect(state).toEqual({ kind: 'collecting', seconds })
  })

  it('is over when the points should be there', () => {
    expect(panelState(findings({ data: nothing, status: young(9_000, 9_995) })).kind).toBe('empty')
    expect(panelState(findings({ data: nothing, status: young(null, null), isLive: false })).kind).toBe(
      'empty',
    )
  })
})

describe('an empty window', () => {
  it('names the newest data when that lies before it', () => {
    const late = { ...nothing, from: 5_000_000 }
    expect(panelState(findings({ data: late, sampledAt: 4_000_000 }))).toEqual({
      kind: 'empty',
      newest: 4_000_000,
    })
    expect(panelState(findings({ data: late, sampledAt: 6_000_000 }))).toEqual({
      kind: 'empty',
      newest: undefined,
    })
    expect(panelState(findings({ data: late, sampledAt: undefined }))).toEqual({
      kind: 'empty',
      newest: undefined,
    })
  })

  it('of a metric that the API does not know says so', () => {
    const data = { ...nothing, unknown: new Set([RATE]) }
    expect(panelState(findings({ data }))).toEqual({ kind: 'not_served' })
    expect(panelState(findings({ data, metrics: [RATE, GAUGE] })).kind).toBe('empty')
  })

  it('of scrapes that succeeded means that etcd does not have the metric', () => {
    const scraped = aWindow({ '7': { [RATE]: column([null, null, null]), collector_up: column([1, 1, 1]) } })
    expect(panelState(findings({ data: scraped }))).toEqual({ kind: 'not_exported', version: '3.4.30' })
  })

  it('of quantiles alone may as well mean that nothing happened', () => {
    const DEFRAG = 'etcd_disk_backend_defrag_duration_seconds_p99'
    const up = { collector_up: column([1, 1, 1]) }
    const scraped = aWindow({ '7': { [DEFRAG]: column([null, null, null]), ...up } })
    expect(panelState(findings({ data: scraped, metrics: [DEFRAG] }))).toEqual({
      kind: 'unobserved',
      version: '3.4.30',
    })
    expect(panelState(findings({ data: scraped, metrics: [DEFRAG, GAUGE] })).kind).toBe('not_exported')
  })
})
