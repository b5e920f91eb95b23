import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { needServer } from '@etcdmonitor/rig/need-server'
import { describe, expect, it } from 'vitest'
import { FRESH, openClient } from '../open-client.contract.ts'

/** Of the networks that are nowhere (RFC 5737). */
const UNROUTABLE = 'http://192.0.2.1:2379'
const UNSPECIFIED = 'http://0.0.0.0:2379'

needServer('etcd', () => {
  describe.each([UNROUTABLE, UNSPECIFIED])('ET36 members that advertise %s', (advertised) => {
    it('are reached by their endpoints; without one the failure says what to configure, and nobody waits', async () => {
      const flags = [`--advertise-client-urls=${advertised}`]
      await using servers = await startEtcdCluster({ members: 3, flags })
      await using all = openClient({ endpoints: servers.endpoints })
      const reached = await all.view(FRESH)
      expect(reached.members.map(({ failure }) => failure)).toEqual([undefined, undefined, undefined])
      for (const { id } of reached.members) expect(await all.metricsPage(id)).toBeInstanceOf(Uint8Array)

      const endpoints = servers.endpoints.slice(0, 1)
      await using one = openClient({ endpoints, interval: 3_600_000 })
      const { members, stale } = await one.view(FRESH)
      expect(stale).toBe(false)
      const others = members.filter(({ configuredIndex }) => configuredIndex < 0)
      expect(others).toHaveLength(2)
      for (const { id, endpoint, failure } of others) {
        expect(endpoint).toBe('')
        expect(['dns', 'tcp']).toContain(failure?.stage)
        expect(failure?.advice).toBe(
          `advertises ${advertised}, which cannot be reached from here: add an endpoint for it to etcd.endpoint`,
        )
        await expect(one.status(id)).rejects.toMatchObject({ code: 'member_unreachable' })
      }
      const before = (await one.view({ ...FRESH, wait: 1_000 })).members.map(({ probedAt }) => probedAt)
      const { members: again } = await one.view(FRESH)
      const isAskedAgain = again.map(({ probedAt, endpoint }, index) => [
        endpoint === '',
        probedAt !== before[index],
      ])
      expect(isAskedAgain.toSorted()).toEqual([
        [false, true],
        [true, false],
        [true, false],
      ])
    })
  })
})
