import { lazy } from 'solid-js'

/** With the field of a value, a chunk of its own: most who look at keys create none. */
export const CreateKeyDialog = lazy(async () => ({
  default: (await import('./CreateKeyDialog.tsx')).CreateKeyDialog,
}))
