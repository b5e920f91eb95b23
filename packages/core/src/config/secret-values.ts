import { KEYS } from './config-schema.ts'
import type { Environment, Findings, RawConfig } from './raw-values.ts'

export interface SecretSources {
  readonly env: Environment
  /** Content of a file. @throws Error whose message says why it cannot be read */
  readonly readFile: (path: string) => string
}

/** Replaces each secret by what its reference or its file holds. A secret of the environment is taken as it stands. */
export function resolveSecrets(
  raw: RawConfig,
  { env, readFile }: SecretSources,
  { problems, wrong }: Findings,
): RawConfig {
  const resolved: Record<string, RawConfig[string]> = { ...raw }
  for (const { section, name, path, variable } of KEYS.filter(({ isSecret }) => isSecret)) {
    const { [name]: value, [`${name}_file`]: file } = raw[section] ?? {}
    const hasValue = value !== undefined && value !== ''
    const hasFile = typeof file === 'string' && file !== ''
    let secret: string | undefined
    try {
      if (hasValue && hasFile) throw new Error(`stands beside ${path}_file; wanted one of the two`)
      if (hasFile) secret = withoutLastNewline(readFile(file))
      else if (hasValue) secret = env[variable] ?? resolveReferences(value, env)
    } catch (error) {
      wrong.add(path)
      const at = hasFile && !hasValue ? `${path}_file` : path
      problems.push(`${at}: ${error instanceof Error ? error.message : 'cannot be read'}`)
    }
    resolved[section] = { ...resolved[section], [name]: secret }
  }
  return resolved
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
