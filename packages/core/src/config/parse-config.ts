import { CONFIG_SCHEMA, type Config, KEYS, SECTIONS } from './config-schema.ts'
import { crossCheck } from './cross-checks.ts'
import {
  type Environment,
  type Findings,
  mergeSources,
  type RawConfig,
  toVariable,
  unknownVariables,
} from './raw-values.ts'
import { resolveSecrets, type SecretSources } from './secret-values.ts'
import { reportKeys, reportSections } from './unknown-names.ts'

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
  const config = completed(readValues(raw, sources, findings))
  const { problems, warnings, wrong } = findings
  problems.push(...crossCheck(config, wrong))
  warnings.push(...unknownVariables(sources.env))
  if (config.etcd.tls_insecure_skip_verify)
    warnings.push('etcd.tls_insecure_skip_verify: is true; certificates of etcd are not verified')
  return { config, problems, warnings }
}

function readValues(raw: RawConfig, { env }: SecretSources, findings: Findings): Config {
  const read = CONFIG_SCHEMA.safeParse(raw)
  if (read.success) return read.data
  for (const issue of read.error.issues) {
    const [section, name] = issue.path.map(String)
    if (section !== undefined && name !== undefined) {
      const value = { path: `${section}.${name}`, raw: raw[section]?.[name], reason: issue.message }
      reportValue(value, env, findings)
    } else if (issue.code === 'unrecognized_keys') {
      if (section === undefined) reportSections(issue.keys, raw, findings)
      else reportKeys(section, issue.keys, findings)
    }
  }
  return CONFIG_SCHEMA.parse(withoutWrong(raw, findings))
}

interface WrongValue {
  readonly path: string
  readonly raw: unknown
  readonly reason: string
}

/** The first reason for each key: the others may follow from it. */
function reportValue(
  { path, raw, reason }: WrongValue,
  env: Environment,
  { problems, wrong }: Findings,
): void {
  if (wrong.has(path)) return
  wrong.add(path)
  const note = KEYS.get(path)
  const variable = toVariable(path)
  const from = env[variable] === undefined ? '' : ` (${variable})`
  const got = note?.isSecret ? '' : `; got ${show(raw)}`
  problems.push(`${path}${from}: ${reason}; wanted ${note?.wanted}${got}`)
}

const withoutWrong = (raw: RawConfig, { wrong }: Findings): RawConfig =>
  Object.fromEntries(
    SECTIONS.map((section) => {
      const keys = Object.entries(raw[section] ?? {}).filter(([name]) => {
        const path = `${section}.${name}`
        return KEYS.has(path) && !wrong.has(path)
      })
      return [section, Object.fromEntries(keys)]
    }),
  )

/** On one line, bounded; the user info of a URL is a secret. A document may hold itself (YAML's aliases). */
function show(raw: unknown): string {
  const text = Array.isArray(raw) ? `[${raw.slice(0, MAX_SHOWN).map(showOne).join(', ')}]` : showOne(raw)
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text
}

function showOne(raw: unknown): string {
  if (typeof raw === 'string') return JSON.stringify(raw).replaceAll(/\/\/.*@/g, '//***@')
  return typeof raw === 'object' && raw !== null ? 'something with parts' : String(raw)
}

const completed = (config: Config): Config => ({
  ...config,
  auth: { ...config.auth, secret_file: config.auth.secret_file || `${config.storage.data_dir}/secret` },
})
