import { expect, it } from 'vitest'
import { METRICS } from './catalogue.ts'
import catalogue from './fixtures/metrics-catalogue.json' with { type: 'json' }
import data from './fixtures/metrics-data.json' with { type: 'json' }
import { PANELS, SECTIONS } from './panels.ts'
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

it('has panels and sections that equal those of the specification, and draws no metric it does not know', () => {
  for (const panel of PANELS) expect(data.panels).toContainEqual(panel)
  for (const section of SECTIONS) expect(data.sections).toContainEqual(section)
  const names = new Set(METRICS.map(({ name }) => name))
  for (const { metric } of PANELS.flatMap(({ series }) => series)) expect(names).toContain(metric)
})
