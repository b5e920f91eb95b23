import { KEYS, SECTIONS } from './config-schema.ts'
import { isLegacySection, LEGACY_KEYS } from './legacy-keys.ts'
import { nearName } from './near-name.ts'
import { type Findings, type RawConfig, shown } from './raw-values.ts'

const PATHS = KEYS.map(({ path }) => path)
const OUTER = SECTIONS.filter((section) => !section.includes('.'))

/** A line for each key of a section, or for each section, that the schema does not have. */
export function reportUnknown(
  section: string | undefined,
  names: readonly string[],
  raw: RawConfig,
  findings: Findings,
): void {
  for (const name of names) {
    if (section !== undefined) reportKey(`${section}.${shown(name)}`, findings)
    else if (isLegacySection(name)) reportUnknown(name, Object.keys(raw[name] ?? {}), raw, findings)
    else findings.problems.push(`${shown(name)}: unknown section${sectionHint(name)}`)
  }
}

function reportKey(path: string, { problems, warnings }: Findings): void {
  const legacy = LEGACY_KEYS.get(path)
  if (legacy === undefined) problems.push(`${path}: unknown key${keyHint(path)}`)
  else warnings.push(`${path}: has no meaning here; ${legacy}`)
}

function keyHint(path: string): string {
  const key = path.slice(path.indexOf('.'))
  const meant = nearName(path, PATHS) ?? PATHS.find((known) => known.endsWith(key))
  return meant === undefined ? '' : `; did you mean ${meant}?`
}

function sectionHint(name: string): string {
  const meant = PATHS.includes(name) ? `${name.replace('.', ': { ')} }` : nearName(name, SECTIONS)
  return meant === undefined ? `; wanted one of ${OUTER.join(', ')}` : `; did you mean ${meant}?`
}
