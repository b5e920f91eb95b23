import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { silentLog } from '@etcdmonitor/core/ports/log'
import type { MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import { toSecret } from '@etcdmonitor/core/secret'
import { makeBucket, type InfluxAccess as Server } from '@etcdmonitor/rig/influxdb'
import type { InfluxAccess } from '../influx-access.ts'
import { type InfluxReaderOptions, openInfluxReader } from './influx-reader.ts'

/** Lines that one request takes. */
const MAX_LINES = 5_000

/** A bucket that tests write to without the collector's half, and readers of it as the API opens them. */
export interface LineBucket {
  readonly access: InfluxAccess
  send(lines: readonly string[]): Promise<void>
  openReader(options: Partial<InfluxReaderOptions> & { readonly now: number }): MetricsReader
}

export async function openLineBucket(server: Server): Promise<LineBucket> {
  const bucket = await makeBucket(server)
  const write = async (lines: readonly string[]) => {
    const place = new URLSearchParams({ org: server.org, bucket: bucket.name, precision: 'ms' })
    const answer = await fetch(`${server.url}/api/v2/write?${place}`, {
      method: 'POST',
      headers: { authorization: `Token ${bucket.writeToken}` },
      body: lines.join('\n'),
      signal: AbortSignal.timeout(60_000),
      redirect: 'error',
    })
    if (answer.status !== 204) throw new Error(`${answer.status} ${await answer.text()}`)
  }
  const access = {
    url: server.url,
    org: server.org,
    bucket: bucket.name,
    readToken: () => toSecret(bucket.readToken),
  }
  return {
    access,
    async send(lines) {
      for (let i = 0; i < lines.length; i += MAX_LINES) await write(lines.slice(i, i + MAX_LINES))
    },
    openReader: ({ now, ...options }) =>
      openInfluxReader({
        access,
        clock: manualClock(now),
        log: silentLog,
        intervalMs: 30_000,
        retentionDays: 30,
        ...options,
      }),
  }
}
