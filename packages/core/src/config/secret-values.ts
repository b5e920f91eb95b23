import { KEYS } from './config-schema.ts'
import { type Environment, type Findings, type RawConfig, toVariable } from './raw-values.ts'

const SECRETS = [...KEYS].filter(([, { isSecret }]) => isSecret).map(([path]) => path)

export interface SecretSources {
  readonly env: Environment
  /** Content of a file. @throws Error whose message says why it cannot be read */
  readonly readFile: (path: string) => string
}

/** Replaces each secret by what its reference or its file holds. A secret of the environment is taken as it stands. */
export function resolveSecrets(raw: RawConfig, sources: SecretSources, findings: Findings): RawConfig {
  const resolved: Record<string, Readonly<Record<string, unknown>>> = { ...raw }
  for (const path of SECRETS) {
    const [section = '', name = ''] = path.split('.')
    const { [name]: value, ...others } = resolved[section] ?? {}
    const secret = readSecret({ path, value, file: others[`${name}_file`] }, sources, findings)
    resolved[section] = secret === undefined ? others : { ...others, [name]: secret }
  }
  return resolved
}

interface WrittenSecret {
  readonly path: string
  readonly value: unknown
  readonly file: unknown
}

/** Undefined without one, and where it is wrong. */
function readSecret(
  { path, value, file }: WrittenSecret,
  { env, readFile }: SecretSources,
  { problems, wrong }: Findings,
): unknown {
  const hasValue = value !== undefined && value !== ''
  const hasFile = typeof file === 'string' && file !== ''
  try {
    if (hasValue && hasFile) throw new Error(`stands beside ${path}_file; wanted one of the two`)
    if (hasFile) return withoutLastNewline(readFile(file))
    if (hasValue) return env[toVariable(path)] ?? resolveReferences(value, env)
  } catch (error) {
    wrong.add(path)
    const at = hasFile && !hasValue ? `${path}_file` : path
    problems.push(`${at}: ${error instanceof Error ? error.message : 'cannot be read'}`)
  }
  return undefined
}

function resolveReferences(raw: unknown, env: Environment): string {
  if (typeof raw !== 'string' || !/(?<!\$)\$\{/.test(raw))
    throw new Error(
      `a secret must not stand in the file itself; wanted \${NAME} for an environment variable, or the key with _file`,
    )
  return raw.replaceAll(/\$?\$\{([A-Za-z_][A-Za-z0-9_]*\})?/g, (whole, reference: string | undefined) => {
    if (whole.startsWith('$$')) return whole.slice(1)
    if (reference === undefined)
      throw new Error(`has a \${ that is no reference to an environment variable; a literal one is $\${`)
    const name = reference.slice(0, -1)
    const value = env[name]
    if (value === undefined) throw new Error(`names the environment variable ${name}, which is not set`)
    return value
  })
}

const withoutLastNewline = (text: string) => text.replace(/\r?\n$/, '')
