import { KEYS, SECTIONS } from './config-schema.ts'
import { isLegacySection, LEGACY_KEYS } from './legacy-keys.ts'
import { nearName } from './near-name.ts'
import { type Findings, type RawConfig, shown } from './raw-values.ts'

const PATHS = [...KEYS.keys()]

/** A line for each section that the schema does not have. */
export function reportSections(names: readonly string[], raw: RawConfig, findings: Findings): void {
  for (const name of names) {
    if (isLegacySection(name)) reportKeys(name, Object.keys(raw[name] ?? {}), findings)
    else findings.problems.push(`${shown(name)}: unknown section${sectionHint(name)}`)
  }
}

/** A line for each key that the schema does not have: a warning for one of the reference, else a problem. */
export function reportKeys(
  section: string,
  names: readonly string[],
  { problems, warnings }: Findings,
): void {
  for (const name of names) {
    const path = `${section}.${shown(name)}`
    const legacy = LEGACY_KEYS.get(path)
    if (legacy === undefined) problems.push(`${path}: unknown key${keyHint(path)}`)
    else warnings.push(`${path}: has no meaning here; ${legacy}`)
  }
}

function keyHint(path: string): string {
  const key = path.slice(path.indexOf('.'))
  const meant = nearName(path, PATHS) ?? PATHS.find((known) => known.endsWith(key))
  return meant === undefined ? '' : `; did you mean ${meant}?`
}

function sectionHint(name: string): string {
  const meant = KEYS.has(name) ? `${name.replace('.', ': { ')} }` : nearName(name, SECTIONS)
  return meant === undefined ? `; wanted one of ${SECTIONS.join(', ')}` : `; did you mean ${meant}?`
}
