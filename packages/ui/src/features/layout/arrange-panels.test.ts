import { FURTHER_PANELS } from '@etcdmonitor/core/metrics/further-panels'
import { completeLayout } from '@etcdmonitor/core/metrics/panel-layout'
import { PANELS } from '@etcdmonitor/core/metrics/panels'
import { describe, expect, it } from 'vitest'
import { arrangePanels, isPanelShown } from './arrange-panels.ts'

const ALL = [...PANELS, ...FURTHER_PANELS].toSorted((one, other) => one.order - other.order)
const unset = completeLayout(undefined, ALL)
const idsOf = (layout: Parameters<typeof arrangePanels>[2]) =>
  arrangePanels('storage', PANELS, layout).map(({ id }) => id)
const item = (id: string, order: number, visible = true) => ({ id, visible, order })

describe('panels', () => {
  it('stand as the catalogue has them until the account has moved one', () => {
    expect(idsOf(undefined)[0]).toBe('chartDBSize')
    expect(idsOf(undefined)[1]).toBe('chartFragmentationRatio')
    expect(idsOf(unset)).toEqual(idsOf(undefined))
  })

  it('stand as the account has put them', () => {
    const ids = idsOf(undefined)
    const moved = ids.toReversed().map((id, order) => ({ id, visible: true, order: order + 1 }))
    expect(idsOf(completeLayout({ panels: moved }, ALL))).toEqual(ids.toReversed())
  })

  it('are shown as the account wants, else as the catalogue says', () => {
    const [first] = PANELS
    const [hidden] = FURTHER_PANELS
    if (!first || !hidden) return expect.unreachable()
    expect([isPanelShown(first, undefined), isPanelShown(hidden, undefined)]).toEqual([true, false])
    const layout = { panels: [item(first.id, 0, false), item(hidden.id, 1)] }
    expect([isPanelShown(first, layout), isPanelShown(hidden, layout)]).toEqual([false, true])
  })
})
