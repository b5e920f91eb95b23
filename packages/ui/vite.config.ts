import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin } from 'vite'
import solid from 'vite-plugin-solid'
import { compressFiles } from './src/build/compress-files.ts'
import { markupGate } from './src/build/markup-gate.ts'
import { shippedTexts } from './src/build/shipped-texts.ts'
import { sizeBudgets } from './src/build/size-budgets.ts'

const trusted = fileURLToPath(new URL('./src/trusted/solid-web.ts', import.meta.url))

/** The styles among them: who stands first says in which order the layers count. */
const SHARED_BY_PAGES =
  /\/ui\/src\/(styles\/|charts\/chart-columns|primitives\/create-(polling|element-size|change)|components\/(Button|Icon|Select|Page|DataState|Delayed|CopyText|copy-text)\.)|\/core\/src\/format\/|\/@solidjs\/router\//

const inRepository = (name: string) => fileURLToPath(new URL(`../../${name}`, import.meta.url))
/** What the About page points to, besides the licences of what is bundled. */
const TEXTS = {
  'readme.txt': inRepository('README.md'),
  'metrics.txt': inRepository('docs/metrics.md'),
  'licence.txt': inRepository('LICENSE'),
}

/** Solid's compiled templates pass through the one policy that the page admits, those of Kobalte and the router included. */
const trustedTemplates: Plugin = {
  name: 'trusted-templates',
  enforce: 'pre',
  apply: 'build',
  resolveId: (id, importer) => (id === 'solid-js/web' && importer && importer !== trusted ? trusted : null),
}

export default defineConfig({
  base: './',
  plugins: [trustedTemplates, solid(), markupGate(), sizeBudgets(), shippedTexts(TEXTS), compressFiles()],
  server: { host: '127.0.0.1', port: 5173, strictPort: true, proxy: { '/api': 'http://127.0.0.1:9090' } },
  build: {
    target: 'es2024',
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // what several pages use comes with the first load: chunks that two of them share compress worse than either's own
        codeSplitting: { groups: [{ name: 'pages', test: SHARED_BY_PAGES }] },
      },
    },
  },
})
