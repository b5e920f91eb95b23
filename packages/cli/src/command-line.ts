import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'

/** The command line is not one we know: exit code 64. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export const USAGE = `usage: etcdmonitor <command> [options]

commands
  start         runs API and collector, and starts them again when they end
  api           runs the API alone
  collector     runs the collector alone
  demo          a three-member etcd with a load on it, and the console for it, all thrown away at the end
  check-config  shows all problems of the configuration and starts nothing

options
  --config FILE  of start, api, collector, check-config: the configuration; else ETCDMONITOR_CONFIG, else config.yaml
  --port PORT    of demo: where the console listens on 127.0.0.1; else 9090, or a free one
  --json         of demo: prints one line of JSON when it is ready
  --help         shows this
  --version      shows the version

exit codes: 0 stopped as asked, 1 failed, 64 wrong command line, 70 bug, 78 the configuration or the data refuse the start
`

export type CommandLine =
  | { readonly command: 'help' | 'version' }
  | { readonly command: 'start' | 'api' | 'collector' | 'check-config'; readonly config?: string | undefined }
  | { readonly command: 'demo'; readonly port?: number | undefined; readonly json: boolean }

/** @throws UsageError */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const [command, ...rest] = args
  if (command === '--version') return { command: 'version' }
  if (args.includes('--help') || args.includes('-h') || command === 'help') return { command: 'help' }
  switch (command) {
    case 'start':
    case 'api':
    case 'collector':
    case 'check-config':
      return { command, config: parseOptions(rest, { config: { type: 'string' } }).config }
    case 'demo': {
      const { port, json = false } = parseOptions(rest, {
        port: { type: 'string' },
        json: { type: 'boolean' },
      })
      return { command, json, port: port === undefined ? undefined : toPort(port) }
    }
    case undefined:
      throw new UsageError('no command given')
    default:
      throw new UsageError(`unknown command ${JSON.stringify(command.slice(0, 60))}`)
  }
}

function parseOptions<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

function toPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port >= 1 && port <= 65_535) return port
  throw new UsageError(`--port wants a number from 1 to 65535, not ${JSON.stringify(text.slice(0, 60))}`)
}
