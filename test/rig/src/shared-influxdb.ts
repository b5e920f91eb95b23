import { inject } from 'vitest'
import type { InfluxAccess } from './influxdb.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Undefined where there is none. */
    influxdb: InfluxAccess | undefined
  }
}

/** The InfluxDB that test files with servers share, each test with a bucket of its own. @throws Error where there is none: `needServer` */
export function sharedInfluxdb(): InfluxAccess {
  const access = inject('influxdb')
  if (!access) throw new Error('no InfluxDB was started')
  return access
}
