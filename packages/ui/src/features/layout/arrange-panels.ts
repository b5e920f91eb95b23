import type { SectionId } from '@etcdmonitor/core/metrics/catalogue'
import type { PanelLayout } from '@etcdmonitor/core/metrics/panel-layout'
import { type Panel, sectionPanels } from '@etcdmonitor/core/metrics/panels'

/** Absent: the default ones. */
export type GivenLayout = PanelLayout | undefined

/** Those of `panels` that are of a section, hidden ones too, in the order of the layout. */
export function arrangePanels(section: SectionId, panels: readonly Panel[], layout: GivenLayout): Panel[] {
  const usual = sectionPanels(section, panels)
  const places = new Map(layout?.panels.map(({ id, order }) => [id, order]))
  const placeOf = ({ id, order }: Panel) => places.get(id) ?? order
  // nobody has moved anything: the catalogue may place a panel beside another
  const isUsual = usual.every((panel) => placeOf(panel) === panel.order)
  return isUsual ? usual : usual.sort((one, other) => placeOf(one) - placeOf(other))
}

export const isPanelShown = ({ id, visible }: Panel, layout: GivenLayout): boolean =>
  layout?.panels.find((item) => item.id === id)?.visible ?? visible
