import { gzipSync } from 'node:zlib'
import type { Plugin, Rolldown } from 'vite'

type Chunk = Rolldown.OutputChunk
type Bundle = Rolldown.OutputBundle

/** What is loaded together, and how many bytes that may be after gzip. */
interface Budget {
  readonly name: string
  /** Modules whose chunks are there before; what is loaded always is as well. */
  readonly after?: readonly string[]
  /** Modules that are loaded at their first use; none: what is loaded always. */
  readonly modules: readonly string[]
  readonly bytes: number
}

/** Of ui.md 20.1, as far as the chunks exist. */
const BUDGETS: readonly Budget[] = [
  { name: 'first load', modules: [], bytes: 60_000 },
  { name: 'Monitor', modules: ['/MonitorPage.tsx'], bytes: 45_000 },
  { name: 'Cluster', modules: ['/ClusterPage.tsx'], bytes: 15_000 },
  { name: 'Diagnostics with About', modules: ['/DiagnosticsPage.tsx', '/AboutPage.tsx'], bytes: 15_000 },
  { name: 'Operations', modules: ['/OperationsPage.tsx'], bytes: 30_000 },
  { name: 'Keys', modules: ['/KeysPage.tsx'], bytes: 35_000 },
  { name: 'editor', modules: ['/TextEditor.tsx'], after: ['/KeysPage.tsx'], bytes: 115_000 },
  { name: 'diff', modules: ['/DiffView.tsx'], after: ['/KeysPage.tsx', '/TextEditor.tsx'], bytes: 12_000 },
  { name: 'layers', modules: ['/AccountMenu.tsx', '/HealthPopover.tsx'], bytes: 50_000 },
]

/** Fails a build whose chunks are larger than promised, and says how large they are. */
export function sizeBudgets(): Plugin {
  return {
    name: 'size-budgets',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const { name, bytes, most } of measure(bundle, BUDGETS)) {
          const text = `${name}: ${bytes} of ${most} bytes after gzip`
          if (bytes > most || bytes === 0) this.error(text)
          else this.info(text)
        }
      },
    },
  }
}

/** 0 bytes: no chunk has the module. */
export function measure(bundle: Bundle, budgets: readonly Budget[]) {
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
  const pages = Object.keys(bundle).filter((name) => name.endsWith('.html'))
  const entries = chunks.filter(({ isEntry }) => isEntry)
  const always = filesOf(bundle, entries)
  const rootsOf = (modules: readonly string[]) =>
    chunks.filter(({ facadeModuleId }) => modules.some((one) => facadeModuleId?.endsWith(one)))
  return budgets.map(({ name, modules, after = [], bytes: most }) => {
    const before = filesOf(bundle, rootsOf(after))
    const later = [...filesOf(bundle, rootsOf(modules))].filter(
      (file) => !always.has(file) && !before.has(file),
    )
    const files = modules.length === 0 ? [...always, ...pages] : later
    return { name, bytes: sizeOf(bundle, files), most }
  })
}

/** Chunks that `roots` import at once, and their style sheets. */
function filesOf(bundle: Bundle, roots: readonly Chunk[]): Set<string> {
  const files = new Set<string>()
  const open = [...roots]
  for (let chunk = open.pop(); chunk; chunk = open.pop()) {
    if (files.has(chunk.fileName)) continue
    files.add(chunk.fileName)
    for (const css of chunk.viteMetadata?.importedCss ?? []) files.add(css)
    open.push(...chunk.imports.flatMap((name) => (bundle[name]?.type === 'chunk' ? [bundle[name]] : [])))
  }
  return files
}

function sizeOf(bundle: Bundle, files: readonly string[]): number {
  return files.reduce((sum, name) => {
    const file = bundle[name]
    const content = file?.type === 'chunk' ? file.code : (file?.source ?? '')
    return sum + gzipSync(content, { level: 9 }).length
  }, 0)
}
