import type { Log, LogFields, LogLevel } from '@etcdmonitor/core/ports/log'
import { type DestinationStream, pino } from 'pino'
import { boundFields } from './log-fields.ts'

export interface LogPlace {
  /** Which of the product's processes writes, where several share one output. */
  readonly process?: string
  readonly stream?: DestinationStream
}

/** What who reads standard output has not taken yet, bytes; further lines are lost, and counted. */
const MAX_WAITING = 1_048_576

/**
 * Lines at `level` and above as JSON on standard output, or where `stream` says. A closed terminal or pipe costs the lines, never the process;
 * one that is read slowly costs no time, and lines beyond a megabyte.
 */
export function createLog(level: LogLevel, { process, stream }: LogPlace = {}): Log {
  const logger = pino(
    {
      level,
      base: process === undefined ? null : { process },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => error }, // pino's own would drop causes
    },
    stream ?? standardOutput((lines) => logger.warn({ event: 'log_lines_lost', lines })),
  )
  const write =
    (at: LogLevel) =>
    (event: string, fields: LogFields = {}) => {
      if (logger.isLevelEnabled(at)) logger[at]({ event, ...boundFields(fields) })
    }
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}

/**
 * Node writes at once what the system takes: such a line has left the process before it can die. pino's own destination waits for the rest,
 * 100 ms at a time, and nobody is answered meanwhile.
 */
function standardOutput(tellLost: (lines: number) => void): DestinationStream {
  const { stdout } = globalThis.process
  let lost = 0
  // EIO: the terminal is gone. EPIPE: nobody reads any more. Without a listener either would end the process.
  stdout.on('error', () => undefined)
  stdout.on('drain', () => {
    const lines = lost
    lost = 0
    if (lines > 0) tellLost(lines)
  })
  return {
    write(line) {
      if (stdout.writableLength < MAX_WAITING) stdout.write(line)
      else lost += 1
    },
  }
}
