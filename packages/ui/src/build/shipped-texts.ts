import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin, Rolldown } from 'vite'

/** A package of which code is in the build. */
export interface BundledPackage {
  readonly name: string
  readonly version: string
  readonly licence: string
  /** As it is shipped with the package. */
  readonly text: string
}

const INSIDE = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//

/** The folder of the package that a module belongs to; undefined: one of ours. */
export const packageOf = (moduleId: string): string | undefined =>
  INSIDE.exec(moduleId.replace(/^\0/, ''))?.[1]

/** Every package with its licence, for people: most licences ask that their text goes with the code. */
export function printLicences(packages: readonly BundledPackage[]): string {
  const sorted = packages.toSorted((one, other) => (one.name < other.name ? -1 : 1))
  const list = sorted.map(({ name, version, licence }) => `${name} ${version}: ${licence}`)
  const texts = sorted.map(
    ({ name, version, text }) =>
      `\n\n${'-'.repeat(72)}\n${name} ${version}\n\n${text.trim() || 'No text is shipped with it.'}`,
  )
  return `Packages whose code is part of the pages of etcdmonitor:\n\n${list.join('\n')}${texts.join('')}\n`
}

/** Writes what the About page points to: licences of what is bundled, and `texts`, files by the name that they get. */
export function shippedTexts(texts: Readonly<Record<string, string>>): Plugin {
  return {
    name: 'shipped-texts',
    apply: 'build',
    generateBundle(_options, bundle) {
      const files = { 'licences.txt': printLicences(bundledPackages(bundle)), ...readAll(texts) }
      for (const [fileName, source] of Object.entries(files))
        this.emitFile({ type: 'asset', fileName, source })
    },
  }
}

function bundledPackages(bundle: Rolldown.OutputBundle): BundledPackage[] {
  const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
  const folders = new Set(chunks.flatMap(({ moduleIds }) => moduleIds.flatMap((id) => packageOf(id) ?? [])))
  const found = [...folders]
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => readPackage(folder))
  // one that is installed twice is told once
  return [...new Map(found.map((one) => [`${one.name} ${one.version}`, one])).values()]
}

function readPackage(folder: string): BundledPackage {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const [file] = globSync('{LICENSE,LICENCE,license,licence}*', { cwd: folder })
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8')
  return { name, version, licence: license ?? 'not said', text }
}

const readAll = (texts: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(texts).map(([name, file]) => [name, readFileSync(file, 'utf8')]))
