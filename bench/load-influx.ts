import { createContinuity } from '@etcdmonitor/adapters/influx/continuity'
import { encodeTick } from '@etcdmonitor/adapters/influx/line-protocol'
import type { MemberTick, TickBatch } from '@etcdmonitor/core/metrics/sample'
import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import type { InfluxAccess, InfluxBucket } from '@etcdmonitor/rig/influxdb'
import type { DataSet } from './data-set.ts'

/** Of one request. */
const MAX_LINES = 5_000
const DEADLINE = 60_000

export interface InfluxPlace {
  readonly server: InfluxAccess
  readonly bucket: InfluxBucket
  /** Others are left out. */
  readonly sources: readonly SourceId[]
}

/** Stores what the collector would have sent of a data set. */
export async function loadInflux(
  data: Pick<DataSet, 'batches'>,
  { server, bucket, sources }: InfluxPlace,
): Promise<void> {
  const wanted = new Set(sources)
  const continuity = createContinuity()
  let lines: string[] = []
  for (const batch of data.batches()) {
    lines.push(...linesOf(batch))
    if (lines.length < MAX_LINES) continue
    await write(lines, server, bucket)
    lines = []
  }
  if (lines.length > 0) await write(lines, server, bucket)

  function linesOf({ clusterId, at, members }: TickBatch): readonly string[] {
    return members.flatMap((full) => {
      const tick: MemberTick = {
        ...full,
        scalars: full.scalars.filter(({ source }) => wanted.has(source)),
        histograms: full.histograms.filter(({ source }) => wanted.has(source)),
      }
      const { isMarked, accept } = continuity.judge(tick.memberId, at, tick)
      accept()
      return encodeTick({ clusterId, memberId: tick.memberId, at }, tick, isMarked)
    })
  }
}

async function write(
  lines: readonly string[],
  { url, org }: InfluxAccess,
  bucket: InfluxBucket,
): Promise<void> {
  const place = new URLSearchParams({ org, bucket: bucket.name, precision: 'ms' })
  const answer = await fetch(`${url}/api/v2/write?${place}`, {
    method: 'POST',
    headers: { authorization: `Token ${bucket.writeToken}` },
    body: lines.join('\n'),
    signal: AbortSignal.timeout(DEADLINE),
    redirect: 'error',
  })
  if (answer.status !== 204) throw new Error(`write: ${answer.status} ${await answer.text()}`)
}
