import { openEtcdCluster } from '@etcdmonitor/adapters/etcd/etcd-cluster'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { createLog } from '@etcdmonitor/adapters/node/log'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'

const MIB = 1_048_576
const AT_ONCE = 4
const LEFT = 10

/** Makes the file of every member as large as that, of which a third is free; a little history is left to be compacted. */
export async function fillCluster(endpoints: readonly string[], bytes: number): Promise<void> {
  await using client = openEtcdCluster({
    ...{ endpoints, username: '', metricsPath: '/metrics', metricsEndpoint: '', memberAllowCidrs: [] },
    ...{ interval: 1_000, clock: systemClock, log: createLog('error') },
  })
  const value = new Uint8Array(MIB).fill(0x61)
  const puts = bytes / MIB
  const kept = Math.ceil((2 * puts) / 3)
  const put = async (from: number) => {
    for (let at = from; at < puts; at += AT_ONCE)
      await client.put({ key: toUtf8(`/fill/${at % kept}`), value, lease: 'none' })
  }
  await Promise.all(Array.from({ length: AT_ONCE }, (_, from) => put(from)))
  await client.compact(await client.headRevision(), true)
  for (let at = 0; at < LEFT; at += 1)
    await client.put({ key: toUtf8('/fill/left'), value: new Uint8Array(), lease: 'none' })
}
