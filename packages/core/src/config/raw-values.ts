import { KEYS, SECTIONS, VARIABLE_PREFIX } from './config-schema.ts'
import { isLegacySection } from './legacy-keys.ts'
import { nearName } from './near-name.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What was written, by section and key. Has every section of the schema, and those that it does not know. */
export type RawConfig = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export interface Findings {
  readonly problems: string[]
  readonly warnings: string[]
  /** Paths that have a problem: rules across keys leave them alone. */
  readonly wrong: Set<string>
}

const VARIABLES = KEYS.map(({ variable }) => variable)
/** Of the program itself, not of the configuration. */
const OTHER_VARIABLES = /^ETCDMONITOR_(CONFIG$|TEST_)/

/** The environment's texts over the values of the file. */
export function mergeSources(document: unknown, env: Environment, { problems }: Findings): RawConfig {
  const toMapping = (value: unknown, problem?: string): RawConfig[string] => {
    if (isMapping(value)) return value
    if (problem !== undefined && value !== undefined && value !== null) problems.push(problem)
    return {}
  }
  const file = liftInner(toMapping(document, 'the file: is no mapping; wanted sections with keys'))
  const names = new Set([...SECTIONS, ...Object.keys(file)])
  const sections = Array.from(names, (section) => {
    const isKnown = SECTIONS.includes(section) || isLegacySection(section)
    const problem = isKnown ? `${section}: is no mapping; wanted keys below it` : undefined
    const set = KEYS.filter((key) => key.section === section && env[key.variable] !== undefined)
    const texts = set.map(({ name, variable }) => [name, env[variable]])
    return [section, { ...toMapping(file[section], problem), ...Object.fromEntries(texts) }]
  })
  return Object.fromEntries(sections)
}

/** A section inside another, such as `storage.state`, becomes one beside it. */
function liftInner(file: RawConfig[string]): RawConfig[string] {
  const lifted = { ...file }
  for (const path of SECTIONS) {
    const [outer = '', inner] = path.split('.')
    const around = lifted[outer]
    if (inner === undefined || !isMapping(around) || !Object.hasOwn(around, inner)) continue
    const { [inner]: section, ...rest } = around
    Object.assign(lifted, { [outer]: rest, [path]: section })
  }
  return lifted
}

const isMapping = (value: unknown): value is RawConfig[string] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A warning for each variable that looks like one of ours and is none: container platforms make such names. */
export const unknownVariables = (env: Environment): readonly string[] =>
  Object.entries(env).flatMap(([variable, text]) => {
    if (text === undefined || !variable.startsWith(VARIABLE_PREFIX)) return []
    if (VARIABLES.includes(variable) || OTHER_VARIABLES.test(variable)) return []
    const meant = nearName(variable, VARIABLES)
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`
    return [`${shown(variable)}: unknown variable, not used${hint}`]
  })

/** A name from outside, on one line. */
export const shown = (name: string): string => JSON.stringify(name.slice(0, 100)).slice(1, -1)
