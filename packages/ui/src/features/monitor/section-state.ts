import { PANELS, type Panel, SECTIONS, sectionPanels } from '@etcdmonitor/core/metrics/panels'
import { changePrefs, currentPrefs, type Prefs } from '../../prefs.ts'

export interface ShownSection {
  readonly id: string
  readonly title: string
  readonly isFolded: boolean
  /** Shows the panels that are hidden by default, too. */
  readonly isExtended: boolean
  /** It has panels that are shown by default. */
  readonly isUsual: boolean
  readonly panels: readonly Panel[]
}

/** What of the page is open. A section without a panel that is shown by default begins folded; every section has further ones. */
export function shownSections(
  { folded = [], extended = [] }: Prefs['monitor'],
  further: readonly Panel[],
): ShownSection[] {
  return SECTIONS.map(({ id, title }) => {
    const isUsual = PANELS.some((panel) => panel.section === id)
    const isExtended = extended.includes(id)
    return {
      id,
      title,
      isFolded: isUsual ? folded.includes(id) : !isExtended,
      isExtended,
      isUsual,
      panels: sectionPanels(id, isExtended ? [...PANELS, ...further] : PANELS),
    }
  })
}

/** Folds a section or unfolds it. */
export function toggleFold({ id, isUsual, isFolded }: ShownSection): void {
  // opening what is hidden by default is asking for its panels
  if (isUsual) keep('folded', id, !isFolded)
  else keep('extended', id, isFolded)
}

export const toggleExtended = ({ id, isExtended }: ShownSection): void => keep('extended', id, !isExtended)

function keep(list: 'folded' | 'extended', id: string, isIn: boolean): void {
  const { monitor } = currentPrefs()
  const others = (monitor[list] ?? []).filter((one) => one !== id)
  changePrefs({ monitor: { ...monitor, [list]: isIn ? [...others, id] : others } })
}
