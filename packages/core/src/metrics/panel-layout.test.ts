import { expect, it } from 'vitest'
import { FURTHER_PANELS } from './further-panels.ts'
import { completeLayout, type LayoutItem } from './panel-layout.ts'
import { PANELS } from './panels.ts'

const ALL = [...PANELS, ...FURTHER_PANELS].toSorted((a, b) => a.order - b.order)
const FEW = ALL.slice(0, 4)

const item = (id: string, order: number, visible = true): LayoutItem => ({ id, visible, order })

it('is the default one, without cards, while nothing is stored', () => {
  const { panels, ...rest } = completeLayout(undefined, ALL)
  expect(panels).toHaveLength(41)
  expect(panels.map(({ order }) => order)).toEqual(Array.from({ length: 41 }, (_, order) => order))
  expect(panels.filter(({ visible }) => visible)).toHaveLength(21)
  expect(panels[5]).toEqual({ id: 'chartWALFsync', visible: true, order: 5 })
  expect(rest).toEqual({})
})

it('P5 leaves unknown panels and repetitions out, and lets missing ones follow as they are by default', () => {
  const stored = {
    panels: [
      item('chartSlowOps', 7, false),
      item('chartOfTomorrow', 90),
      item('chartRaftProposals', 3),
      item('chartSlowOps', 1),
    ],
  }
  expect(completeLayout(stored, FEW)).toEqual({
    panels: [
      item('chartSlowOps', 7, false),
      item('chartRaftProposals', 3),
      item('chartLeaderChanges', 8),
      item('chartProposalLag', 9),
    ],
  })
})

it('P5 keeps unknown cards, and the first of each', () => {
  const cards = [item('cardOfTomorrow', 1), item('cardWAL', 0), item('cardWAL', 5, false)]
  expect(completeLayout({ panels: [], cards }, FEW).cards).toEqual([
    item('cardOfTomorrow', 1),
    item('cardWAL', 0),
  ])
  expect(completeLayout({ panels: [], cards: [] }, FEW).cards).toEqual([])
})

it('gives no order that could not be stored', () => {
  const { panels } = completeLayout({ panels: [item('chartSlowOps', 10_000)] }, FEW)
  expect(panels.map(({ order }) => order)).toEqual([10_000, 10_000, 10_000, 10_000])
})
