import type { Environment, Findings, RawValue } from './raw-values.ts'

/** Keys that hold a secret, with the key beside them that names a file instead. */
const SECRETS: ReadonlyMap<string, string> = new Map([['etcd.password', 'etcd.password_file']])

export interface SecretSources {
  readonly env: Environment
  /** Content of a file. @throws Error whose message says why it cannot be read */
  readonly readFile: (path: string) => string
}

/** Replaces each secret by what its reference or its file holds. A secret of the environment is taken as it stands. */
export function resolveSecrets(
  values: ReadonlyMap<string, RawValue>,
  sources: SecretSources,
  { problems, wrong }: Findings,
): ReadonlyMap<string, RawValue> {
  const resolved = new Map(values)
  for (const [path, filePath] of SECRETS) {
    const value = values.get(path)
    const file = values.get(filePath)?.raw
    const hasValue = value !== undefined && value.raw !== ''
    const hasFile = typeof file === 'string' && file !== ''
    resolved.delete(path)
    try {
      if (hasValue && hasFile) throw new Error(`stands beside ${filePath}; wanted one of the two`)
      if (hasFile) resolved.set(path, { raw: withoutLastNewline(sources.readFile(file)) })
      else if (hasValue) resolved.set(path, { ...value, raw: readSecret(value, sources.env) })
    } catch (error) {
      const at = hasFile && !hasValue ? filePath : path
      wrong.add(path)
      problems.push(`${at}: ${error instanceof Error ? error.message : 'cannot be read'}`)
    }
  }
  return resolved
}

function readSecret({ raw, variable }: RawValue, env: Environment): unknown {
  if (variable !== undefined) return raw
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
