export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Plain data in snake_case; texts from outside are cut at 1 KiB by the adapter. Never secrets, bodies, tokens or values. */
export type LogFields = Readonly<Record<string, unknown>>

/** JSON lines on standard output, one object a line: `{"level":"info","time":"…","event":"…", …fields}` (security.md 12). */
export interface Log {
  debug(event: string, fields?: LogFields): void
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  /** `error` in the fields is logged with its stack and causes. */
  error(event: string, fields?: LogFields): void
}

/** Drops every line: for what nobody reads. */
export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
