import { existsSync, readFileSync, statSync } from 'node:fs'
import type { Config } from '@etcdmonitor/core/config/config-schema'
import { parseConfig } from '@etcdmonitor/core/config/parse-config'
import type { Environment } from '@etcdmonitor/core/config/raw-values'
import { StartRefused } from '@etcdmonitor/core/errors'
import { parseDocument } from 'yaml'
import { checkDataDir } from './data-dir.ts'
import { whyRefused } from './file-errors.ts'
import { checkTlsFiles } from './tls-files.ts'

const DEFAULT_FILE = 'config.yaml'
const MAX_BYTES = 1024 * 1024
const MAX_ALIASES = 100

export interface ConfigPlace {
  /** `--config`; else `ETCDMONITOR_CONFIG`, else `config.yaml` of the working folder if there is one. */
  readonly file?: string | undefined
  readonly env: Environment
}

export interface LoadedConfig {
  readonly config: Config
  /** One line each; none of them keeps the program from starting. */
  readonly warnings: readonly string[]
}

/**
 * The whole configuration, with the files that it names looked at. Writes nothing: the data folder need not exist yet.
 * @throws StartRefused with all problems at once, and the warnings behind them
 */
export function loadConfig({ file, env }: ConfigPlace): LoadedConfig {
  const place = file ?? (env.ETCDMONITOR_CONFIG || (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined))
  const document = place === undefined ? undefined : readDocument(place)
  const { config, problems, warnings } = parseConfig(document, { env, readFile: readSecretFile })
  const { etcd, server, storage } = config
  const served = server.tls_enable ? checkTlsFiles(server, 'server') : []
  const all = [...problems, ...checkTlsFiles(etcd), ...served, ...checkDataDir(storage.data_dir)]
  // a misspelt variable is often the reason of what is wrong
  if (all.length > 0) throw new StartRefused([...all, ...warnings.map((warning) => `warning: ${warning}`)])
  return { config, warnings }
}

function readDocument(file: string): unknown {
  try {
    if (statSync(file).size > MAX_BYTES)
      throw new StartRefused([`${file}: is larger than ${MAX_BYTES} bytes`])
    const document = parseDocument(readFileSync(file, 'utf8'), { prettyErrors: true })
    const problems = document.errors.map(({ message, linePos }) =>
      toProblem(file, message, linePos?.[0].line),
    )
    if (problems.length > 0) throw new StartRefused(problems)
    return document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch (error) {
    if (error instanceof StartRefused) throw error
    throw new StartRefused([`${file}: ${whyRefused(error)}; wanted a configuration file`], { cause: error })
  }
}

/** The first sentence alone: the parser's message goes on with an excerpt, which may hold a secret. */
const toProblem = (file: string, message: string, line: number | undefined): string =>
  `${file}${line === undefined ? '' : `:${line}`}: is no YAML: ${message.split(/ at line |\n/)[0]}`

function readSecretFile(file: string): string {
  try {
    if (statSync(file).size > MAX_BYTES) throw new Error(`is larger than ${MAX_BYTES} bytes`)
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Error(`${whyRefused(error)}; wanted a file with the secret; got ${JSON.stringify(file)}`, {
      cause: error,
    })
  }
}
