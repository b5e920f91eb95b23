import { CONFIG_SCHEMA, type Config, KEYS, type Key, SECTIONS } from './config-schema.ts'
import { crossCheck } from './cross-checks.ts'
import { splitText } from './key-forms.ts'
import {
  type Environment,
  type Findings,
  mergeSources,
  type RawConfig,
  unknownVariables,
} from './raw-values.ts'
import { resolveSecrets, type SecretSources } from './secret-values.ts'
import { reportUnknown } from './unknown-names.ts'

const MAX_SHOWN = 100

export interface ParsedConfig {
  /** Where a value is wrong it holds the default, so that the rest can be checked too. */
  readonly config: Config
  /** One line each: path, reason, wanted form, and the value unless it is a secret. Empty when all is well. */
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
}

/** Reads a document as YAML gives it (undefined without a file) and the environment, which wins; `api.md` 12. Never throws. */
export function parseConfig(document: unknown, sources: SecretSources): ParsedConfig {
  const findings: Findings = { problems: [], warnings: [], wrong: new Set() }
  const raw = resolveSecrets(mergeSources(document, sources.env, findings), sources, findings)
  const values = readValues(raw, sources, findings)
  const { problems, warnings, wrong } = findings
  problems.push(...crossCheck(values, wrong))
  warnings.push(...unknownVariables(sources.env))
  const config = completed(values)
  if (config.etcd.tls_insecure_skip_verify)
    warnings.push('etcd.tls_insecure_skip_verify: is true; certificates of etcd are not verified')
  if (config.server.session_timeout === 0)
    warnings.push('server.session_timeout: is 0; sessions end by sign-out and changes of the password alone')
  return { config, problems, warnings }
}

function readValues(raw: RawConfig, { env }: SecretSources, findings: Findings): Config {
  const read = CONFIG_SCHEMA.safeParse(raw)
  if (read.success) return read.data
  const places = new Set<string>()
  for (const issue of read.error.issues) {
    const [section, name, index = ''] = issue.path.map(String)
    if (issue.code === 'unrecognized_keys') reportUnknown(section, issue.keys, raw, findings)
    const key = KEYS.find(({ path }) => path === `${section}.${name}`)
    const place = `${section}.${name}.${index}`
    const isKnown = index === '' ? key && findings.wrong.has(key.path) : places.has(place)
    if (key === undefined || isKnown) continue // the first reason counts: others may follow from it
    findings.wrong.add(key.path)
    places.add(place)
    findings.problems.push(toProblem(key, issue, raw, env))
  }
  return CONFIG_SCHEMA.parse(withoutWrong(raw, findings))
}

/** What is wrong, and in the value of a key where: below its section and name. */
interface Issue {
  readonly message: string
  readonly path: readonly PropertyKey[]
}

function toProblem(key: Key, { message, path }: Issue, raw: RawConfig, env: Environment): string {
  const from = env[key.variable] === undefined ? '' : ` (${key.variable})`
  const value = raw[key.section]?.[key.name]
  const got = key.isSecret ? '' : `; got ${show(value)}`
  return `${key.path}${from}: ${showEntry(value, path[2])}${message}; wanted ${key.wanted}${got}`
}

/** Which of several entries is meant. */
function showEntry(raw: unknown, index: PropertyKey | undefined): string {
  const entries = splitText(raw)
  if (!Array.isArray(entries) || entries.length < 2 || typeof index !== 'number') return ''
  return `entry ${index + 1}, ${bounded(showOne(entries[index]))}, `
}

const withoutWrong = (raw: RawConfig, { wrong }: Findings): RawConfig =>
  Object.fromEntries(
    SECTIONS.map((section) => {
      const right = KEYS.filter((key) => key.section === section && !wrong.has(key.path))
      return [section, Object.fromEntries(right.map(({ name }) => [name, raw[section]?.[name]]))]
    }),
  )

/** On one line, bounded; the user info of a URL is a secret. A document may hold itself (YAML's aliases). */
function show(raw: unknown): string {
  return bounded(Array.isArray(raw) ? `[${raw.slice(0, MAX_SHOWN).map(showOne).join(', ')}]` : showOne(raw))
}

const bounded = (text: string): string => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text)

function showOne(raw: unknown): string {
  if (typeof raw === 'string') return JSON.stringify(raw).replaceAll(/\/\/.*@/g, '//***@')
  return typeof raw === 'object' && raw !== null ? 'something with parts' : String(raw)
}

const completed = (config: Config): Config => ({
  ...config,
  auth: { ...config.auth, secret_file: config.auth.secret_file || `${config.storage.data_dir}/secret` },
})
