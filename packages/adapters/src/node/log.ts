import type { Log, LogFields, LogLevel } from '@etcdmonitor/core/ports/log'
import { type DestinationStream, pino } from 'pino'
import { boundFields } from './log-fields.ts'

export interface LogPlace {
  /** Which of the product's processes writes, where several share one output. */
  readonly process?: string
  readonly stream?: DestinationStream
}

/** Lines at `level` and above as JSON on standard output, or where `stream` says. A closed terminal or pipe costs the lines, never the process. */
export function createLog(level: LogLevel, { process, stream = standardOutput() }: LogPlace = {}): Log {
  const logger = pino(
    {
      level,
      base: process === undefined ? null : { process },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error: unknown) => error }, // pino's own would drop causes
    },
    stream,
  )
  const write =
    (at: LogLevel) =>
    (event: string, fields: LogFields = {}) => {
      if (logger.isLevelEnabled(at)) logger[at]({ event, ...boundFields(fields) })
    }
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}

function standardOutput(): DestinationStream {
  // Synchronous: a line that was written has left the process before it can die.
  const destination = pino.destination({ dest: 1, sync: true })
  // EIO: the terminal is gone. EPIPE: nobody reads any more. Without a listener either would end the process.
  destination.on('error', () => undefined)
  return destination
}
