import { AppError } from '@etcdmonitor/core/errors'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { Clock } from '@etcdmonitor/core/time'
import { findBucket, makeBucket } from './bucket-calls.ts'
import type { InfluxAccess } from './influx-access.ts'

const UNTIL_FOUND = 60_000
const ONCE_FOUND = 3_600_000
const DAY = 86_400_000
/** Days for which a bucket of ours keeps samples at least. */
const FEWEST_DAYS = 90

export interface BucketWatchOptions {
  readonly access: InfluxAccess
  readonly clock: Clock
  readonly log: Log
  readonly retentionDays: number
  /** The collector makes a bucket that is missing, where its token may. */
  readonly mayMake: boolean
}

/** What is known of the bucket, looked up again and again (storage.md 6.9). */
export interface BucketWatch {
  /** Looks every minute until the bucket is there, then every hour; until `stop` aborts. */
  run(stop: AbortSignal): Promise<void>
  /** The first look has ended, however it did. */
  readonly looked: Promise<void>
  /** Unix ms by the server's clock, as long as ours goes evenly: the bucket takes and has nothing older. `-Infinity`: it has no such limit, or none is known. */
  keptFrom(): number
  trouble(): '' | 'bucket_missing' | 'retention_short'
}

interface Known {
  readonly retentionMs: number
  /** Unix ms by the server at the monotonic instant `monotonic`. */
  readonly serverAt: number
  readonly monotonic: number
}

export function watchBucket({ access, clock, log, retentionDays, mayMake }: BucketWatchOptions): BucketWatch {
  const looked = Promise.withResolvers<void>()
  let known: Known | undefined
  let isMissing = false

  return {
    looked: looked.promise,
    async run(stop) {
      while (!stop.aborted) {
        const isThere = await look(stop)
        looked.resolve()
        await clock.sleep(isThere ? ONCE_FOUND : UNTIL_FOUND, stop)
      }
      looked.resolve()
    },
    keptFrom: () =>
      known ? known.serverAt + clock.monotonic() - known.monotonic - known.retentionMs : -Infinity,
    trouble() {
      if (isMissing) return 'bucket_missing'
      return known && known.retentionMs < retentionDays * DAY ? 'retention_short' : ''
    },
  }

  async function look(stop: AbortSignal): Promise<boolean> {
    try {
      let found = await findBucket(access, stop)
      if (!found && mayMake) {
        const made = await makeBucket(access, Math.max(retentionDays, FEWEST_DAYS), stop)
        if (made !== 'refused') found = await findBucket(access, stop)
        if (made === 'made') log.info('influx_bucket_made', { bucket: access.bucket })
      }
      if (!found && !isMissing) log.warn('influx_bucket_missing', { bucket: access.bucket })
      isMissing = !found
      if (found) note(found)
      return found !== undefined
    } catch (error) {
      if (!(error instanceof AppError)) log.error('influx_bucket_failed', { error })
      return false // whether the server can be reached is told by what is asked of it
    }
  }

  function note({
    retentionSeconds,
    serverAt = clock.now(),
  }: {
    retentionSeconds: number
    serverAt: number | undefined
  }) {
    const was = known?.retentionMs ?? Infinity
    const retentionMs = retentionSeconds === 0 ? Infinity : retentionSeconds * 1_000
    known = { retentionMs, serverAt, monotonic: clock.monotonic() }
    if (retentionMs !== was && retentionMs < retentionDays * DAY)
      log.warn('influx_retention_short', { bucket: access.bucket, seconds: retentionSeconds })
  }
}
