import { lazy } from 'solid-js'

/** A chunk of its own: whoever looks at no value does not load it. */
export const TextEditor = lazy(async () => ({
  default: (await import('../editor/TextEditor.tsx')).TextEditor,
}))
