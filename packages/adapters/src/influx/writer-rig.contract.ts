import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ManualClock, manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { batchOf, M1, START, scalar, tickOf } from '@etcdmonitor/core/contracts/metrics-samples'
import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import type { LogFields } from '@etcdmonitor/core/ports/log'
import type { MetricsWriter } from '@etcdmonitor/core/ports/metrics-store'
import type { Outbox } from '@etcdmonitor/core/ports/outbox'
import { openSqliteOutbox } from '../sqlite/outbox/open-outbox.ts'
import { createInfluxWriter, type WriterDeps } from './influx-writer.ts'
import type { SendAnswer } from './send-lines.ts'

export const INTERVAL = 30_000
export const ACCEPTED: SendAnswer = { status: 204 }

export interface WriterRig extends AsyncDisposable {
  readonly writer: MetricsWriter
  readonly outbox: Outbox
  readonly clock: ManualClock
  /** Requests so far, as the server saw them; `take` gives those since the last call. */
  take(): readonly (readonly string[])[]
  /** What the server answers from now on; the lines decide. */
  answer: (lines: readonly string[]) => SendAnswer | Promise<SendAnswer>
  /** Unix ms; older points are known not to be taken. */
  keptFrom: number
  /** Events of the log with their fields. */
  readonly events: readonly { readonly event: string; readonly fields: LogFields | undefined }[]
  /** Ticks of one member from `first` on, one an interval; the clock goes along. */
  addTicks(count: number, values?: (i: number) => TickBatch['members']): Promise<void>
}

/** A writer on an outbox of its own, over a server that is a function; time passes when a test says so. */
export async function openWriterRig(settings: Partial<WriterDeps> = {}): Promise<WriterRig> {
  const dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-writer-'))
  const clock = manualClock(START)
  const events: { event: string; fields: LogFields | undefined }[] = []
  const note = (event: string, fields?: LogFields) => void events.push({ event, fields })
  const log = { debug: note, info: note, warn: note, error: note }
  const outbox = await openSqliteOutbox({ dataDir, clock, log })
  const requests: (readonly string[])[] = []
  let at = START
  const writer = createInfluxWriter({
    ...{ outbox, clock, log, intervalMs: INTERVAL },
    random: (length) => new Uint8Array(length).fill(255), // the longest of each back-off
    outboxMaxBytes: 256 * 1_048_576,
    outboxMaxMs: 86_400_000,
    ...settings,
    server: {
      sendLines: async (lines) => {
        requests.push(lines)
        return rig.answer(lines)
      },
      bucket: {
        run: async () => undefined,
        looked: Promise.resolve(),
        keptFrom: () => rig.keptFrom,
        trouble: () => '',
      },
      [Symbol.dispose]: () => undefined,
    },
  })
  const rig: WriterRig = {
    ...{ writer, outbox, clock, events },
    answer: () => ACCEPTED,
    keptFrom: Number.NEGATIVE_INFINITY,
    take: () => requests.splice(0),
    async addTicks(count, values = (i) => [tickOf(M1, [scalar('put', i)])]) {
      for (let i = 0; i < count; i++) {
        at += INTERVAL
        await clock.advance(at - clock.now())
        await writer.append(batchOf(at, ...values(i)))
        await clock.settle()
      }
    },
    async [Symbol.asyncDispose]() {
      await writer[Symbol.asyncDispose]()
      rmSync(dataDir, { recursive: true })
    },
  }
  return rig
}
