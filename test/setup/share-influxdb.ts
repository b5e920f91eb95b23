import { type InfluxAccess, startInfluxdb } from '@etcdmonitor/rig/influxdb'
import { findServer } from '@etcdmonitor/rig/servers'
import type {} from '@etcdmonitor/rig/shared-influxdb'
import type { TestProject } from 'vitest/node'

/** Starts the InfluxDB that test files share, each test with a bucket of its own. */
export default async function shareInfluxdb(project: TestProject): Promise<() => Promise<void>> {
  const held = new AsyncDisposableStack()
  const influxdb = findServer('influxd') && held.use(await startInfluxdb())
  project.provide('influxdb', influxdb ? accessOf(influxdb) : undefined)
  return () => held.disposeAsync()
}

/** What can be handed to another thread. */
const accessOf = ({ url, org, orgId, operatorToken }: InfluxAccess): InfluxAccess => ({
  url,
  org,
  orgId,
  operatorToken,
})
