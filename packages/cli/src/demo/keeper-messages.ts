import type { LogLevel } from '@etcdmonitor/core/ports/log'

/** What the front tells the keeper, as its one argument. */
export interface KeeperOrder {
  /** Exists, belongs to the demo alone, goes at the end. */
  readonly folder: string
  /** Of the console, on 127.0.0.1. */
  readonly port: number
  readonly logLevel: LogLevel
  /** History goes to an InfluxDB of the demo's own instead of a file. */
  readonly hasInfluxdb: boolean
}

/** Where the demo is; also what `--json` prints. */
export interface DemoAddress {
  readonly url: string
  readonly username: string
  readonly password: string
  /** Client URLs of the members. */
  readonly etcd: readonly string[]
  /** Where history is, when that is no file. */
  readonly influxdb?: string
  readonly data: string
}

/** What the keeper tells the front, once. */
export type KeeperMessage = { readonly ready: DemoAddress } | { readonly failed: string }
