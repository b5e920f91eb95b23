import { HttpError, InfluxDB } from '@influxdata/influxdb-client'
import type { InfluxAccess, InfluxAgent } from './influx-access.ts'
import { tellCause } from './tell-cause.ts'

/** ms; one that takes longer may have been stored all the same, and is sent again. */
const DEADLINE = 10_000

/** What became of one write request. */
export type SendAnswer =
  /** `retryAfter`: the header as it came. */
  | { readonly status: number; readonly retryAfter?: string | undefined }
  /** There was none in time; why, for the log. */
  | { readonly status: 'none'; readonly cause: string }

export type SendLines = (lines: readonly string[], stop: AbortSignal) => Promise<SendAnswer>

/**
 * One request of the client for each call; never repeats one. The client's own retrying is off, and so is its flushing by size: it swallows
 * what becomes of it. Its timeout reports but leaves the socket; the signal ends it. (storage.md 6.5)
 */
export const createSendLines =
  (access: InfluxAccess, agent: InfluxAgent): SendLines =>
  async (lines, stop) => {
    const late = AbortSignal.timeout(DEADLINE)
    let token = ''
    try {
      const signal = AbortSignal.any([stop, late])
      token = access.readToken().reveal()
      const client = new InfluxDB({
        url: access.url,
        token,
        timeout: DEADLINE,
        transportOptions: { agent, signal },
      })
      const api = client.getWriteApi(access.org, access.bucket, 'ms', {
        maxRetries: 0,
        flushInterval: 0,
        batchSize: lines.length + 1,
        maxBatchBytes: 64 * 1024 * 1024,
        gzipThreshold: 1_000,
        writeFailed: (error) => Promise.reject(error), // without it the client writes to the console
      })
      api.writeRecords([...lines])
      await api.flush()
      return { status: 204 }
    } catch (error) {
      if (late.aborted) return { status: 'none', cause: `no answer within ${DEADLINE / 1_000} s` }
      if (!(error instanceof HttpError)) return { status: 'none', cause: tellCause(error, token) }
      const retryAfter = error.headers?.['retry-after']
      return { status: error.statusCode, retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter }
    }
  }
