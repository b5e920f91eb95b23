/** Texts of strangers (names, keys, errors) that a page must show, never run (security.md C26); outside this package, so Vite reads the file. */
const files = import.meta.glob<readonly string[]>('../../../test/corpus/xss.json', {
  eager: true,
  import: 'default',
})
export const HOSTILE_TEXTS: readonly string[] = Object.values(files).flat()
