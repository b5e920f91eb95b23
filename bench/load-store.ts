import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { createLog } from '@etcdmonitor/adapters/node/log'
import { openSqliteMetricsWriter } from '@etcdmonitor/adapters/sqlite/metrics/metrics-writer'
import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import type { MetricsWriter } from '@etcdmonitor/core/ports/metrics-store'
import type { DataSet } from './data-set.ts'

const HOUR = 3_600_000
/** ms: long enough for everything that housekeeping may do but remove. */
const STEADY = 30 * 60_000

/** Stores all of a data set as the collector would have, two hours after two hours sealed; what came last is in the head. */
export async function loadStore(
  data: Pick<DataSet, 'batches'>,
  dataDir: string,
  onTick: (batch: TickBatch, writer: MetricsWriter) => Promise<void> = async () => {},
): Promise<void> {
  await using writer = await openSqliteMetricsWriter({ dataDir, clock: systemClock, log: createLog('warn') })
  let hour = 0
  for (const batch of data.batches()) {
    await writer.append(batch)
    await onTick(batch, writer)
    const now = Math.floor(batch.at / HOUR)
    if (now !== hour) await keepHouse(writer, batch.at)
    hour = now
  }
}

/** All the housekeeping there is to do at `now`. */
export async function keepHouse(writer: MetricsWriter, now: number, steady = STEADY): Promise<void> {
  for (let more = true; more; ) ({ more } = await writer.maintain({ now, steady }))
}
