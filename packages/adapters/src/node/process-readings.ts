import { readdirSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Of this process; seconds and bytes. */
export interface ProcessReadings {
  readonly cpuSeconds: number
  readonly residentBytes: number
  /** Absent where the system does not tell. */
  readonly openFiles?: number
  /** Unix seconds. */
  readonly startedAt: number
  /** How late timers fired since the readings before, by quantile; 1 = the latest. */
  readonly loopDelays: readonly (readonly [quantile: number, seconds: number])[]
}

const RESOLUTION = 10
const QUANTILES = [0.5, 0.99, 1]
const NANOSECONDS = 1e9

/** Watches the event loop from now on. */
export function watchProcess(): Disposable & { read(): ProcessReadings } {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION })
  delays.enable()
  const startedAt = (Date.now() - process.uptime() * 1_000) / 1_000
  return {
    read() {
      const { user, system } = process.cpuUsage()
      const openFiles = countOpenFiles()
      // it measures from one look to the next, which are so far apart when nothing is late
      const late = (nanoseconds: number) => Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION / 1_000)
      const loopDelays = QUANTILES.map((quantile) => {
        const seen = delays.count > 0 ? delays.percentile(quantile * 100) : 0
        return [quantile, late(seen)] as const
      })
      delays.reset()
      return {
        cpuSeconds: (user + system) / 1e6,
        residentBytes: process.memoryUsage.rss(),
        ...(openFiles !== undefined && { openFiles }),
        startedAt,
        loopDelays,
      }
    },
    [Symbol.dispose]: () => void delays.disable(),
  }
}

function countOpenFiles(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length - 1 // that of the folder itself
  } catch {
    return undefined // no such file system here
  }
}
