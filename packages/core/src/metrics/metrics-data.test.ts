import { expect, it } from 'vitest'
import { METRICS } from './catalogue.ts'
import catalogue from './fixtures/metrics-catalogue.json' with { type: 'json' }
import data from './fixtures/metrics-data.json' with { type: 'json' }
import { FURTHER_PANELS } from './further-panels.ts'
import { PANELS, SECTIONS, sectionPanels } from './panels.ts'
import { SOURCES, type SourceEntry } from './sources.ts'

const FROM: Readonly<Record<string, SourceEntry['from']>> = {
  metrics: 'metrics',
  Status: 'status',
  LeaseLeases: 'leases',
  self: 'self',
}

it('stores every source of the specification, exactly as it says', () => {
  const wanted = data.sources.map((source) => ({
    id: source.id,
    from: FROM[source.from],
    ...(source.from === 'metrics' && { family: source.family }),
    ...(source.also.length > 0 && { also: source.also }),
    kind: source.kind,
    unit: source.unit,
    ...((source.restart === 'continues' || source.restart === 'recounts') && { restart: source.restart }),
    ...(source.labels.length > 0 && { labels: source.labels }),
    ...(source.absent !== 'gap' && { absent: source.absent }),
    ...(source.divide !== 1 && { divide: source.divide }),
    ...(source.where && { where: source.where }),
  }))
  expect(SOURCES).toEqual(wanted)
})

const byName = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1)

it('has the catalogue of the specification, entry by entry', () => {
  expect(METRICS.toSorted(byName)).toEqual(catalogue.toSorted(byName))
  expect(new Set(METRICS.map(({ name }) => name)).size).toBe(METRICS.length)
})

const specified = new Map(catalogue.map((metric) => [metric.name, metric]))

it('has the panels and sections of the specification', () => {
  const wanted = data.panels.map(({ note: _, y, series, ...panel }) => ({
    ...panel,
    y: y === '0 to 1' ? [0, 1] : null,
    lanes: panel.id === 'chartMemberState',
    forecast: panel.id === 'chartQuotaForecast' ? 'etcd_mvcc_db_hours_to_quota' : null,
    series: series.map(({ agg: _default, ...one }) => ({ ...one, unit: specified.get(one.metric)?.unit })),
  }))
  expect(PANELS).toEqual(wanted.filter(({ visible }) => visible))
  expect(FURTHER_PANELS).toEqual(wanted.filter(({ visible }) => !visible))
  expect(PANELS).toHaveLength(21)
  expect(FURTHER_PANELS).toHaveLength(20)
  expect(SECTIONS).toEqual(data.sections)
})

it('asks for panels what the catalogue gives by default', () => {
  for (const { metric, agg } of data.panels.flatMap(({ series }) => series))
    expect(specified.get(metric)?.agg).toBe(agg)
})

it('puts fragmentation after the size it is a share of', () => {
  expect(sectionPanels('storage', [...FURTHER_PANELS, ...PANELS]).map(({ id }) => id)).toEqual([
    'chartDBSize',
    'chartFragmentationRatio',
    'chartMVCCOps',
    'chartMVCCCompaction',
    'chartWatcherEvents',
    'chartQuotaForecast',
  ])
})
