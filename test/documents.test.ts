import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { REPOSITORY } from './setup/planted-tree.ts'

const FOLDERS = ['.ci', 'bench', 'docs', 'infra', 'packages', 'scripts', 'test']
const PACKAGES = readdirSync(join(REPOSITORY, 'packages'))
const MADE = ['dist', 'node_modules', 'report', 'coverage'] // by builds and runs

const documents = globSync(['*.md', 'docs/**/*.md', 'test/**/*.md', 'infra/**/*.md'], {
  cwd: REPOSITORY,
  exclude: ['**/node_modules/**'],
})

/** The repository's paths that a text names in backticks; those of a package may leave out `packages/`. */
function namedPaths(text: string): string[] {
  const quoted = [...text.replace(/^```.*?^```/gms, '').matchAll(/`([^`\s]+)`/g)].map(
    (match) => match[1] ?? '',
  )
  return quoted.flatMap((path) => {
    const [first = '', second] = path.split('/')
    if (second === undefined || path.split('/').some((part) => MADE.includes(part))) return []
    if (FOLDERS.includes(first)) return [path]
    return PACKAGES.includes(first) && second === 'src' ? [`packages/${path}`] : []
  })
}

/** Targets of links into the repository. */
const linkedFiles = (text: string): string[] =>
  [...text.matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)].map((match) => match[1] ?? '')

const absent = (folder: string, paths: readonly string[]): string[] =>
  paths.filter((path) => globSync(path.replace(/\/$/, ''), { cwd: join(REPOSITORY, folder) }).length === 0)

describe('documents', () => {
  it('begin with a README', () => {
    expect(existsSync(join(REPOSITORY, 'README.md'))).toBe(true)
  })

  it.each(documents)('%s names only what exists', (document) => {
    const text = readFileSync(join(REPOSITORY, document), 'utf8')
    expect(absent('', namedPaths(text))).toEqual([])
    expect(absent(dirname(document), linkedFiles(text))).toEqual([])
  })

  it('are read for paths and links', () => {
    const text = [
      'See `test/gone.ts`, `core/src/gone.ts`, `packages/*/src`, `packages/ui/dist/x`, `/api/status`, `api/status`.',
      'And [this](docs/gone.md#part), [that](https://example.org/a) and [there](#here).',
      '```\n`test/inside-a-block.ts`\n```',
    ].join('\n')
    const paths = namedPaths(text)
    expect(paths).toEqual(['test/gone.ts', 'packages/core/src/gone.ts', 'packages/*/src'])
    expect(absent('', paths)).toEqual(['test/gone.ts', 'packages/core/src/gone.ts'])
    expect(absent('', linkedFiles(text))).toEqual(['docs/gone.md'])
  })
})
