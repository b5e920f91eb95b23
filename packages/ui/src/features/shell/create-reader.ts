import { createRenderEffect, createSignal, onCleanup } from 'solid-js'
import { readThemeColours } from '../../charts/theme-colours.ts'
import { currentPrefs } from '../../prefs.ts'
import type { ReaderSettings } from './reader-context.ts'

/** Puts theme and density into the document and follows the preferences, and the system's theme where they say so. */
export function createReader(): ReaderSettings {
  const root = document.documentElement
  const light = matchMedia('(prefers-color-scheme: light)')
  const [systemIsLight, setSystemIsLight] = createSignal(light.matches)
  const follow = () => setSystemIsLight(light.matches)
  light.addEventListener('change', follow)
  onCleanup(() => light.removeEventListener('change', follow))

  const theme = () => {
    const wanted = currentPrefs().theme
    return wanted === 'system' ? (systemIsLight() ? 'light' : 'dark') : wanted
  }
  root.dataset.theme = theme()
  const [colours, setColours] = createSignal(readThemeColours(root))
  createRenderEffect(() => {
    const density = currentPrefs().density
    const wanted = theme()
    root.dataset.density = density
    if (root.dataset.theme === wanted) return
    root.dataset.theme = wanted
    setColours(readThemeColours(root)) // no memo could: they are there once the attribute is
  })

  const localZone = new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'
  return { zone: () => (currentPrefs().timeZone === 'utc' ? 'UTC' : localZone), localZone, colours }
}
