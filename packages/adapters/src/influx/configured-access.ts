import { readFileSync } from 'node:fs'
import type { Config } from '@etcdmonitor/core/config/config-schema'
import { toSecret } from '@etcdmonitor/core/secret'
import type { InfluxAccess } from './influx-access.ts'

/** Undefined where metrics go elsewhere. A token file is read for every request, so that one that was replaced counts at once. */
export function configuredAccess(config: Pick<Config, 'storage.metrics'>): InfluxAccess | undefined {
  const { driver, url, org, bucket, token, token_file: file } = config['storage.metrics']
  if (driver !== 'influxdb' || !token) return undefined // there is one: `crossCheck`
  const readFile = () => toSecret(readFileSync(file, 'utf8').replace(/\r?\n$/, ''))
  return { url, org, bucket, readToken: file === '' ? () => token : readFile }
}
