import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { startFaultProxy } from '@etcdmonitor/rig/fault-proxy'
import { needServer } from '@etcdmonitor/rig/need-server'
import { expect, it } from 'vitest'
import { systemClock } from '../../node/clock.ts'
import { FRESH, openClient } from '../open-client.contract.ts'

const IDLE = 60_000

needServer('etcd', () => {
  it(
    'ET16 keeps a connection that is idle for a minute',
    async ({ skip }) => {
      if (process.env.TEST_SUITE !== 'full') skip('takes a minute: pnpm test:full has it')
      await using servers = await startEtcdCluster({ members: 1 })
      await using proxy = await startFaultProxy(servers.endpoints[0] ?? '')
      await using client = openClient({ endpoints: [proxy.url] })
      const id = (await client.view(FRESH)).members[0]?.id ?? ''
      expect(proxy.counts()).toMatchObject({ connections: 1, open: 1 })
      await systemClock.sleep(IDLE, new AbortController().signal)
      expect(proxy.counts()).toMatchObject({ connections: 1, open: 1 })
      expect((await client.status(id)).memberId).toBe(id)
      expect(proxy.counts().connections).toBe(1)
    },
    2 * IDLE,
  )
})
