import { expect, it } from 'vitest'
import catalogue from './fixtures/metrics-catalogue.json' with { type: 'json' }
import data from './fixtures/metrics-data.json' with { type: 'json' }
import { FURTHER_PANELS } from './further-panels.ts'
import { PANELS } from './panels.ts'
import { BANNER, CARDS, MAX_CARDS, TILE_METRICS } from './tiles.ts'

it('has the cards of the specification in their order', () => {
  const wanted = data.cards.map(({ id, title, metric, visible }) => ({ id, title, metric, visible }))
  expect(CARDS.map(({ id, title, metric, visible }) => ({ id, title, metric, visible }))).toEqual(wanted)
  expect(CARDS.filter(({ visible }) => visible)).toHaveLength(MAX_CARDS)
})

it('has the tiles of the banner of the specification', () => {
  const wanted = data.banner.map(({ tile, metric }) => ({ title: tile, metric }))
  expect(BANNER.map(({ title, metric }) => ({ title, metric }))).toEqual(wanted)
})

it('leads to panels that draw the metric, or what it is made of, and asks for metrics that exist', () => {
  const names = new Set(catalogue.map(({ name }) => name))
  expect(TILE_METRICS.filter((metric) => !names.has(metric))).toEqual([])
  const panels = [...PANELS, ...FURTHER_PANELS]
  for (const { panel, metric } of [...BANNER, ...CARDS]) {
    if (panel === null) continue
    const drawn = panels.find(({ id }) => id === panel)?.series.map((one) => one.metric) ?? []
    expect(
      drawn.some((one) => one.startsWith(metric ?? '?')),
      panel,
    ).toBe(true)
  }
})
