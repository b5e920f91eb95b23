import { CONFIG_SCHEMA, type Config } from './config-schema.ts'
import { crossCheck } from './cross-checks.ts'
import { type Key, WrongValue } from './key-forms.ts'
import { collectValues, type Findings, type RawValue } from './raw-values.ts'
import { resolveSecrets, type SecretSources } from './secret-values.ts'

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
  const values = resolveSecrets(collectValues(document, sources.env, findings), sources, findings)
  const config = completed(readSections(values, findings))
  const { problems, warnings, wrong } = findings
  problems.push(...crossCheck(config, wrong))
  if (config.etcd.tls_insecure_skip_verify)
    warnings.push('etcd.tls_insecure_skip_verify: is true; certificates of etcd are not verified')
  return { config, problems, warnings }
}

function readSections(values: ReadonlyMap<string, RawValue>, { problems, wrong }: Findings): Config {
  const sections = Object.entries(CONFIG_SCHEMA).map(([section, keys]) => {
    const read = Object.entries(keys).map(([name, key]: [string, Key<unknown>]) => {
      const path = `${section}.${name}`
      const value = values.get(path)
      try {
        if (value) return [name, key.read(value.raw)]
      } catch (error) {
        if (!(error instanceof WrongValue)) throw error
        wrong.add(path)
        problems.push(toProblem(path, key, value, error.message))
      }
      return [name, key.read(key.fallback)]
    })
    return [section, Object.fromEntries(read)]
  })
  return Object.fromEntries(sections) as Config // the same keys as the schema, each read by its own reader
}

function toProblem(path: string, key: Key<unknown>, value: RawValue | undefined, reason: string): string {
  const from = value?.variable === undefined ? '' : ` (${value.variable})`
  const got = key.isSecret ? '' : `; got ${show(value?.raw)}`
  return `${path}${from}: ${reason}; wanted ${key.wanted}${got}`
}

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
