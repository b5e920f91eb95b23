import { CONFIG_SCHEMA } from './config-schema.ts'
import { LEGACY_KEYS } from './legacy-keys.ts'
import { nearName } from './near-name.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** A value as it was written, and where: the name of its variable, or `file`. */
export interface RawValue {
  readonly raw: unknown
  readonly variable?: string
}

export interface Findings {
  readonly problems: string[]
  readonly warnings: string[]
  /** Paths that have a problem: rules across keys leave them alone. */
  readonly wrong: Set<string>
}

/** Paths of all keys, such as `etcd.endpoint`. */
const KEY_PATHS: readonly string[] = Object.entries(CONFIG_SCHEMA).flatMap(([section, keys]) =>
  Object.keys(keys).map((key) => `${section}.${key}`),
)

const PREFIX = 'ETCDMONITOR_'
const toVariable = (path: string) => PREFIX + path.toUpperCase().replaceAll('.', '_')
const VARIABLES: ReadonlyMap<string, string> = new Map(KEY_PATHS.map((path) => [toVariable(path), path]))
/** Of the program itself, not of the configuration. */
const OTHER_VARIABLES = /^ETCDMONITOR_(CONFIG$|TEST_)/

/** What the file and the environment say, by path; the environment wins. */
export function collectValues(
  document: unknown,
  env: Environment,
  findings: Findings,
): ReadonlyMap<string, RawValue> {
  const values = new Map<string, RawValue>()
  for (const [path, raw] of flatten(document, findings)) {
    const legacy = LEGACY_KEYS.get(path)
    if (legacy !== undefined) findings.warnings.push(`${path}: has no meaning here; ${legacy}`)
    else if (KEY_PATHS.includes(path)) values.set(path, { raw })
    else findings.problems.push(`${path}: unknown key${hint(path)}`)
  }
  for (const [variable, raw] of Object.entries(env)) {
    if (raw === undefined || !variable.startsWith(PREFIX) || OTHER_VARIABLES.test(variable)) continue
    const path = VARIABLES.get(variable)
    if (path !== undefined) values.set(path, { raw, variable })
    else findings.warnings.push(unknownVariable(variable))
  }
  return values
}

function* flatten(document: unknown, { problems }: Findings): Iterable<[path: string, raw: unknown]> {
  if (document === undefined || document === null) return
  if (!isMapping(document)) return void problems.push('the file: is no mapping; wanted sections with keys')
  for (const [section, keys] of Object.entries(document)) {
    if (!isSection(section)) problems.push(`${shown(section)}: unknown section${sectionHint(section)}`)
    else if (isMapping(keys))
      for (const [key, raw] of Object.entries(keys)) yield [`${section}.${shown(key)}`, raw]
    else if (keys !== null) problems.push(`${section}: is no mapping; wanted keys below it`)
  }
}

const isMapping = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const SECTIONS = Object.keys(CONFIG_SCHEMA)
const isSection = (name: string) =>
  SECTIONS.includes(name) || [...LEGACY_KEYS.keys()].some((path) => path.startsWith(`${name}.`))

function hint(path: string): string {
  const key = path.slice(path.indexOf('.') + 1)
  const meant = nearName(path, KEY_PATHS) ?? KEY_PATHS.find((known) => known.endsWith(`.${key}`))
  return meant === undefined ? '' : `; did you mean ${meant}?`
}

function sectionHint(name: string): string {
  const meant = KEY_PATHS.includes(name) ? `${name.replace('.', ': { ')} }` : nearName(name, SECTIONS)
  return meant === undefined ? `; wanted one of ${SECTIONS.join(', ')}` : `; did you mean ${meant}?`
}

function unknownVariable(variable: string): string {
  const meant = nearName(variable, [...VARIABLES.keys()])
  return `${shown(variable)}: unknown variable, not used${meant === undefined ? '' : `; did you mean ${meant}?`}`
}

/** Names from outside, on one line. */
const shown = (name: string) => JSON.stringify(name.slice(0, 100)).slice(1, -1)
