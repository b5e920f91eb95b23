import type { OutboxTotals } from '@etcdmonitor/core/ports/outbox'
import { PRODUCT_VERSION } from '@etcdmonitor/core/version'
import type { Family } from './meter.ts'

/** Seconds and bytes; `startedAt`: Unix seconds. */
export interface ProcessNumbers {
  readonly cpuSeconds: number
  readonly residentBytes: number
  readonly openFiles?: number
  readonly startedAt: number
  /** How late the event loop was since the numbers before. */
  readonly loopDelays: readonly (readonly [quantile: number, seconds: number])[]
}

/** Of the process itself, under the names that client libraries of Prometheus use. */
export function processFamilies(numbers: ProcessNumbers): readonly Family[] {
  const { cpuSeconds, residentBytes, openFiles, startedAt, loopDelays } = numbers
  return [
    {
      name: 'etcdmonitor_event_loop_delay_seconds',
      help: 'How late timers fired since this page was last asked for.',
      type: 'summary',
      samples: loopDelays.map(([quantile, value]) => ({ labels: { quantile: String(quantile) }, value })),
    },
    {
      ...gauge('etcdmonitor_build_info', 'The version that runs.', 1),
      samples: [{ labels: { version: PRODUCT_VERSION }, value: 1 }],
    },
    { ...gauge('process_cpu_seconds_total', 'User and system time spent.', cpuSeconds), type: 'counter' },
    gauge('process_resident_memory_bytes', 'Resident memory.', residentBytes),
    ...(openFiles === undefined ? [] : [gauge('process_open_fds', 'Open file descriptors.', openFiles)]),
    gauge('process_start_time_seconds', 'When the process started.', startedAt),
  ]
}

/** What waits for the server; `now`: Unix ms. */
export const outboxFamilies = (
  { bytes, records, oldestAt }: OutboxTotals,
  now: number,
): readonly Family[] => [
  gauge('etcdmonitor_outbox_bytes', 'Bytes of batches that wait for the server.', bytes),
  gauge('etcdmonitor_outbox_records', 'Batches that wait for the server.', records),
  gauge(
    'etcdmonitor_outbox_oldest_seconds',
    'Age of the oldest tick that waits; 0 while none does.',
    oldestAt === 0 ? 0 : Math.max(0, (now - oldestAt) / 1_000),
  ),
]

const gauge = (name: string, help: string, value: number): Family => ({
  name,
  help,
  type: 'gauge',
  samples: [{ value }],
})
