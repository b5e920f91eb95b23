import { expect, it } from 'vitest'
import catalogue from './fixtures/metrics-catalogue.json' with { type: 'json' }
import { FURTHER_PANELS } from './further-panels.ts'
import {
  hasAverage,
  hasExtremes,
  hasObservations,
  isIncrease,
  isQuantile,
  labelOf,
  needsTwoScrapes,
} from './metric-name.ts'
import { PANELS } from './panels.ts'

const drawn = new Set(
  [...PANELS, ...FURTHER_PANELS].flatMap(({ series }) => series.map(({ metric }) => metric)),
)
const metrics = catalogue.filter(({ name }) => drawn.has(name))
const DIFFERENCES = ['rate', 'percent', 'increase', 'quantile', 'mean', 'forecast']

it('knows of every metric of a panel what its kind is, as far as panels ask', () => {
  expect(metrics).toHaveLength(drawn.size)
  for (const { name, kind, derivation, aggs } of metrics) {
    expect(isIncrease(name), name).toBe(kind === 'increase')
    expect(isQuantile(name), name).toBe(kind === 'quantile')
    expect(hasObservations(name), name).toBe(kind === 'quantile' || kind === 'mean')
    expect(hasAverage(name), name).toBe(aggs.includes('avg'))
    expect(hasExtremes(name), name).toBe(aggs.includes('min') && aggs.includes('max'))
    const isShareOfEvents = kind === 'ratio' && derivation.includes('increase(')
    expect(needsTwoScrapes(name), name).toBe(DIFFERENCES.includes(kind) || isShareOfEvents)
  }
})

it('reads the value of a label', () => {
  expect(labelOf('rtt_p99_by_peer{peer="10276657743932975437"}')).toBe('10276657743932975437')
  expect(labelOf('grpc_server_handled_rate_by_method{method="Txn"}')).toBe('Txn')
  expect(labelOf('go_goroutines')).toBeUndefined()
})
