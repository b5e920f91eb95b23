import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeBucket, startInfluxdb } from '@etcdmonitor/rig/influxdb'
import type { EntryName } from '../entries.ts'
import type { DemoAddress, KeeperOrder } from './keeper-messages.ts'

/** Where history is when that is no file. */
export interface History extends AsyncDisposable {
  readonly shown: Pick<DemoAddress, 'influxdb'>
  /** `storage.metrics` of a process, each with a token of its own. */
  settings(name: EntryName): Readonly<Record<string, string>>
}

/** An InfluxDB in the demo's folder, with a bucket. */
export async function startHistory({ folder }: Pick<KeeperOrder, 'folder'>): Promise<History> {
  const data = join(folder, 'influxdb')
  mkdirSync(data)
  const server = await startInfluxdb({ folder: data })
  const { url, org } = server
  const bucket = await makeBucket(server, { name: 'etcdmonitor' })
  const tokens = { collector: bucket.writeToken, api: bucket.readToken }
  return {
    shown: { influxdb: url },
    settings(name) {
      const file = join(folder, `influxdb-${name}-token`)
      writeFileSync(file, tokens[name], { mode: 0o600 })
      return { driver: 'influxdb', url, org, bucket: bucket.name, token_file: file }
    },
    [Symbol.asyncDispose]: server[Symbol.asyncDispose],
  }
}
