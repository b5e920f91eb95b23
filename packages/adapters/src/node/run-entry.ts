import { StartRefused } from '@etcdmonitor/core/errors'
import type { Log } from '@etcdmonitor/core/ports/log'

/** reliability.md 7 */
const FAILED = 1
const BUG = 70
const REFUSED = 78

export interface Entry {
  /** ms that ending may take after it was asked for. */
  readonly stopLimit: number
  /** Aborts when the process is asked to stop: SIGTERM, SIGINT, SIGHUP, the end of its parent's channel, or an error that nobody caught. */
  readonly run: (process: {
    readonly stop: AbortSignal
    readonly useLog: (log: Log) => void
  }) => Promise<void>
}

/**
 * Runs one of our processes to its end and sets its exit code: 0 after a stop, 78 when the start was refused (problems on standard
 * error, one a line), 70 after an uncaught error (one log line). A second signal, or an overrun of `stopLimit`, ends it at once with 1.
 */
export async function runEntry({ stopLimit, run }: Entry): Promise<void> {
  const stop = new AbortController()
  let log: Log | undefined
  const end = () => {
    if (stop.signal.aborted) exitNow(FAILED)
    stop.abort()
    setTimeout(() => exitNow(process.exitCode ?? FAILED), stopLimit).unref()
  }
  const fail = (error: unknown) => {
    process.exitCode = BUG
    if (log) log.error('uncaught_error', { error })
    else process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    if (!stop.signal.aborted) end()
  }
  // never a second signal: a parent that was killed after it had asked us to stop, or our own end of the channel
  const orphan = () => void (stop.signal.aborted || end())
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, end)
  process.on('disconnect', orphan)
  if (process.connected === false) orphan() // gone before we listened
  for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, fail)
  try {
    await run({ stop: stop.signal, useLog: (given) => (log = given) })
  } catch (error) {
    if (error instanceof StartRefused) refuse(error)
    else if (error !== stop.signal.reason) fail(error) // an abort is no failure
  }
  process.off('disconnect', orphan)
  if (process.connected) process.disconnect?.() // an open channel keeps the process alive
}

function exitNow(code: number | string): never {
  // biome-ignore lint/plugin: this is the watchdog
  process.exit(code)
}

function refuse({ problems }: StartRefused): void {
  process.exitCode = REFUSED
  for (const problem of problems) process.stderr.write(`${problem}\n`)
}
