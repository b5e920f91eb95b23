import { PANELS, type Panel, SECTIONS } from '@etcdmonitor/core/metrics/panels'
import { changePrefs, currentPrefs, type Prefs } from '../../prefs.ts'
import { arrangePanels, type GivenLayout, isPanelShown } from '../layout/arrange-panels.ts'

export interface ShownSection {
  readonly id: string
  readonly title: string
  readonly isFolded: boolean
  /** Shows the panels that are hidden, too. */
  readonly isExtended: boolean
  /** It has panels that the layout shows. */
  readonly isUsual: boolean
  readonly panels: readonly Panel[]
}

/** What of the page is open. A section without a panel that the layout shows begins folded. `further`: as far as they are loaded. */
export function shownSections(
  { folded = [], extended = [] }: Prefs['monitor'],
  layout: GivenLayout,
  further: readonly Panel[],
): ShownSection[] {
  return SECTIONS.map(({ id, title }) => {
    const all = arrangePanels(id, [...PANELS, ...further], layout)
    const shown = all.filter((panel) => isPanelShown(panel, layout))
    const isUsual = shown.length > 0
    const isExtended = extended.includes(id)
    return {
      id,
      title,
      isFolded: isUsual ? folded.includes(id) : !isExtended,
      isExtended,
      isUsual,
      panels: isExtended ? all : shown,
    }
  })
}

/** Folds a section or unfolds it. */
export function toggleFold({ id, isUsual, isFolded }: ShownSection): void {
  // opening what is hidden is asking for its panels
  if (isUsual) keep('folded', id, !isFolded)
  else keep('extended', id, isFolded)
}

export const toggleExtended = ({ id, isExtended }: ShownSection): void => keep('extended', id, !isExtended)

function keep(list: 'folded' | 'extended', id: string, isIn: boolean): void {
  const { monitor } = currentPrefs()
  const others = (monitor[list] ?? []).filter((one) => one !== id)
  changePrefs({ monitor: { ...monitor, [list]: isIn ? [...others, id] : others } })
}
