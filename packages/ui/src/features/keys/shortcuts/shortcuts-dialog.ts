import { lazy } from 'solid-js'

/** A chunk of its own: few ask for it. */
export const ShortcutsDialog = lazy(async () => ({
  default: (await import('./ShortcutsDialog.tsx')).ShortcutsDialog,
}))
