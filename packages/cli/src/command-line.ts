import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { FIRST_ACCOUNT } from '@etcdmonitor/core/accounts/first-account'

/** The command line is not one we know: exit code 64. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export const USAGE = `usage: etcdmonitor <command> [options]

commands
  start               runs API and collector, and starts them again when they end
  api                 runs the API alone
  collector           runs the collector alone
  demo                a three-member etcd with a load on it, and the console for it, all thrown away at the end
  check-config        shows all problems of the configuration and starts nothing

accounts, also while the API runs
  users list          one line per account
  users add NAME      a new account; its password is asked for, and changed at the first sign-in
  users disable NAME  no sign-in any more, and all its sessions end
  users enable NAME   undoes it
  reset-password      a new password, to be changed at the first sign-in; lock and sessions of the account end
  unlock              ends the lock of an account
  audit-export        the audit log as CSV on standard output, newest first

options
  --config FILE    the configuration; else ETCDMONITOR_CONFIG, else config.yaml (not of demo)
  --username NAME  of reset-password, unlock: the account; else admin
  --generate       of users add, reset-password: draws a password and prints it, instead of asking
  --connect        of check-config: asks every etcd endpoint and the stores that are servers; 1 when one does not answer
  --from TIME      of audit-export: entries from then on; Unix seconds, or such as 2026-09-21 or 2026-09-21T14:00:00Z
  --to TIME        of audit-export: entries before then
  --port PORT      of demo: where the console listens on 127.0.0.1; else 9090, or a free one
  --influxdb       of demo: history goes to an InfluxDB 2 of the demo's own, which has to be installed
  --json           of demo: prints one line of JSON when it is ready
  --help           shows this
  --version        shows the version

exit codes: 0 done, 1 failed, 64 wrong command line, 70 bug, 78 the configuration or the data refuse
`

export type CommandLine =
  | { readonly command: 'help' | 'version' }
  | { readonly command: 'start' | 'api' | 'collector'; readonly config?: string | undefined }
  | {
      readonly command: 'check-config'
      readonly config?: string | undefined
      readonly connect: boolean
    }
  | {
      readonly command: 'demo'
      readonly port?: number | undefined
      readonly json: boolean
      readonly hasInfluxdb: boolean
    }
  | UsersLine
  | ResetLine
  | UnlockLine
  | ExportLine

interface AccountsLine {
  /** The configuration file. */
  readonly config?: string | undefined
}

export type UsersLine = AccountsLine & { readonly command: 'users' } & (
    | { readonly act: 'list' }
    | { readonly act: 'disable' | 'enable'; readonly name: string }
    | { readonly act: 'add'; readonly name: string; readonly generate: boolean }
  )

export interface ResetLine extends AccountsLine {
  readonly command: 'reset-password'
  readonly username: string
  readonly generate: boolean
}

export interface ExportLine extends AccountsLine {
  readonly command: 'audit-export'
  /** Unix ms, half-open. */
  readonly from?: number | undefined
  readonly to?: number | undefined
}

export interface UnlockLine extends AccountsLine {
  readonly command: 'unlock'
  readonly username: string
}

/** @throws UsageError */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const [command, ...rest] = args
  if (command === '--version') return { command: 'version' }
  if (args.includes('--help') || args.includes('-h') || command === 'help') return { command: 'help' }
  switch (command) {
    case 'start':
    case 'api':
    case 'collector':
      return { command, config: parseOptions(rest, { config: { type: 'string' } }).config }
    case 'check-config': {
      const { config, connect = false } = parseOptions(rest, {
        config: { type: 'string' },
        connect: { type: 'boolean' },
      })
      return { command, config, connect }
    }
    case 'demo': {
      const {
        port,
        json = false,
        influxdb = false,
      } = parseOptions(rest, {
        port: { type: 'string' },
        json: { type: 'boolean' },
        influxdb: { type: 'boolean' },
      })
      return { command, json, hasInfluxdb: influxdb, port: port === undefined ? undefined : toPort(port) }
    }
    case 'users':
      return parseUsers(rest)
    case 'reset-password':
      return { command, ...parseNameless(command, rest, { ...CONFIG, ...USERNAME, ...GENERATE }) }
    case 'unlock':
      return { command, ...parseNameless(command, rest, { ...CONFIG, ...USERNAME }) }
    case 'audit-export': {
      const times = { from: { type: 'string' }, to: { type: 'string' } } as const
      const { from, to, ...options } = parseOptions(rest, { ...CONFIG, ...times })
      const window = { from: toInstant('--from', from), to: toInstant('--to', to) }
      if (window.from !== undefined && window.to !== undefined && window.from >= window.to)
        throw new UsageError(`--from wants a time before --to, not ${JSON.stringify(from)}`)
      return { command, ...options, ...window }
    }
    case undefined:
      throw new UsageError('no command given')
    default:
      throw new UsageError(`unknown command ${JSON.stringify(command.slice(0, 60))}`)
  }
}

const CONFIG = { config: { type: 'string' } } as const
const GENERATE = { generate: { type: 'boolean', default: false } } as const
const USERNAME = { username: { type: 'string', default: FIRST_ACCOUNT } } as const

function parseUsers([act = '', ...rest]: readonly string[]): UsersLine {
  const command = 'users'
  switch (act) {
    case 'list':
      return { command, act, ...parseOptions(rest, CONFIG) }
    case 'add':
      return { command, act, ...parseNamed(act, rest, { ...CONFIG, ...GENERATE }) }
    case 'disable':
    case 'enable':
      return { command, act, ...parseNamed(act, rest, CONFIG) }
    default:
      throw new UsageError('users wants list, add NAME, disable NAME or enable NAME')
  }
}

function parseNamed<T extends ParseArgsOptionsConfig>(act: string, args: readonly string[], options: T) {
  const { values, positionals } = readWords(args, options)
  const [name, ...more] = positionals
  if (name === undefined || more.length > 0) throw new UsageError(`users ${act} wants one NAME`)
  return { ...values, name }
}

/** A word too many is not shown: it may be a password. */
function parseNameless<T extends ParseArgsOptionsConfig>(
  command: string,
  args: readonly string[],
  options: T,
) {
  const { values, positionals } = readWords(args, options)
  if (positionals.length > 0) throw new UsageError(`${command} names the account by --username alone`)
  return values
}

const readWords = <T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) =>
  readArgs(() => parseArgs({ args: [...args], options, strict: true, allowPositionals: true }))

const parseOptions = <T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) =>
  readArgs(() => parseArgs({ args: [...args], options, strict: true, allowPositionals: false })).values

function readArgs<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error })
  }
}

const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d))?$/

/** Unix ms. A day begins at midnight UTC. */
function toInstant(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const at = /^\d{1,11}$/.test(text)
    ? Number(text) * 1_000
    : INSTANT.test(text)
      ? Date.parse(text)
      : Number.NaN
  if (!Number.isNaN(at)) return at
  const shown = JSON.stringify(text.slice(0, 60))
  throw new UsageError(`${name} wants Unix seconds, 2026-09-21 or 2026-09-21T14:00:00Z, not ${shown}`)
}

function toPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port >= 1 && port <= 65_535) return port
  throw new UsageError(`--port wants a number from 1 to 65535, not ${JSON.stringify(text.slice(0, 60))}`)
}
