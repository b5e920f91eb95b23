import type { CallOptions } from './call-options.ts'

/** A key or a directory of the v2 store. */
export interface V2Node {
  /** `/` for the root. */
  readonly key: string
  readonly dir: boolean
  /** Of a key. */
  readonly value?: string
  readonly ttlSeconds?: number
  /** 0 for the root. */
  readonly createdIndex: number
  readonly modifiedIndex: number
  /** What etcd listed of a directory. */
  readonly nodes?: readonly V2Node[]
}

export type V2Put =
  | { readonly dir: true; readonly ttlSeconds?: number | undefined }
  | {
      readonly dir: false
      readonly value: string
      /** Absent: permanent. */
      readonly ttlSeconds?: number | undefined
      /** `"0"`: must not exist. */
      readonly ifIndex?: string | undefined
    }

/**
 * The v2 keys API of etcd 3.4 and 3.5: text keys and values, a store of its own. Every method rejects with `v2_unavailable` where it is
 * off or gone, which is kept for 10 s, with `etcd_unavailable` where nobody answers, and with `signal.reason` after an abort. Keys begin
 * with `/` and have no part `.` or `..`.
 */
export interface EtcdV2 {
  /** Asks anew whether the API is there. */
  probe(options?: CallOptions): Promise<void>
  /** `undefined`: there is none. A directory has its children; with `recursive` all below it, sorted. @throws AppError `result_too_large` beyond 64 MiB */
  get(key: string, query: { readonly recursive: boolean }, options?: CallOptions): Promise<V2Node | undefined>
  /** @throws AppError `revision_conflict`, `not_a_file`, `not_a_directory`, `root_read_only`, `outcome_unknown` */
  put(
    key: string,
    change: V2Put,
    options?: CallOptions,
  ): Promise<{ readonly node: V2Node; readonly created: boolean }>
  /** False: there was none. @throws AppError as `put` */
  remove(
    key: string,
    change: { readonly recursive: boolean; readonly ifIndex?: string | undefined },
    options?: CallOptions,
  ): Promise<boolean>
}
