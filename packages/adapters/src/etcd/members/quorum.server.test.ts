import type { EtcdCluster } from '@etcdmonitor/core/ports/etcd-cluster'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { httpCall } from '@etcdmonitor/rig/http-call'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FRESH, openClient } from '../open-client.contract.ts'

/** Puts values until etcd has no more space for them. */
async function fill(url: string): Promise<void> {
  const value = Buffer.alloc(20_000, 'x').toString('base64')
  for (let index = 0; index < 200; index++) {
    const json = { key: Buffer.from(`key-${index}`).toString('base64'), value }
    const { status, body } = await httpCall({ url: `${url}/v3/kv/put`, json })
    if (status !== 200) {
      expect(body).toContain('database space exceeded')
      return
    }
  }
  throw new Error('etcd took it all')
}

for (const found of etcdVersions(process.env.TEST_SUITE === 'full' ? 'full' : 'quick')) {
  if ('missing' in found) continue
  describe(`without space, then without quorum, etcd ${found.version}`, () => {
    let servers: Servers
    let client: EtcdCluster
    let ids: readonly string[] = []
    beforeAll(async () => {
      servers = await startEtcdCluster({
        members: 3,
        binary: found.path,
        flags: ['--quota-backend-bytes=1048576'],
      })
      client = openClient({ endpoints: servers.endpoints })
      const { members } = await client.view(FRESH)
      ids = members.toSorted((a, b) => a.configuredIndex - b.configuredIndex).map(({ id }) => id)
      await fill(servers.endpoints[2] ?? '')
    })
    afterAll(async () => {
      await client[Symbol.asyncDispose]()
      await servers.dispose()
    })

    /** Who raises it differs by version: whoever finds itself full first. */
    const isNospace = async (id = '') => {
      const { alarms, errors } = await client.status(id)
      expect(errors).toEqual([])
      return alarms.length > 0 && alarms.every((one) => one.type === 'NOSPACE' && ids.includes(one.memberId))
    }

    it('ET11 every Status names the alarm, which is no error, and reads go on', async () => {
      for (const id of ids) {
        await expect.poll(() => isNospace(id)).toBe(true)
        expect(await client.leaseCount(id)).toBe(0)
      }
      const { stale, members } = await client.view(FRESH)
      expect(stale).toBe(false)
      expect(members.map(({ failure }) => failure)).toEqual([undefined, undefined, undefined])
    })

    it('ET15 the member that is left gives Status with alarms, the list, its leases and its page', async () => {
      await Promise.all([servers.members[0]?.kill(), servers.members[1]?.kill()])
      const left = ids[2] ?? ''
      const leader = async () => (await client.status(left)).leaderId
      await expect.poll(leader).toBeUndefined()
      expect(await isNospace(left)).toBe(true)
      const { stale, leaderId, endpoints } = await client.view(FRESH)
      expect({ stale, leaderId }).toEqual({ stale: false, leaderId: undefined })
      expect(endpoints.map(({ failure }) => failure?.stage)).toEqual(['tcp', 'tcp', 'quorum'])
      expect(await client.leaseCount(left)).toBe(0)
      expect(await client.metricsPage(left)).toBeInstanceOf(Uint8Array)
    })

    it('ET15 a client that starts then finds all members, and says so of each', async () => {
      await using late = openClient({ endpoints: servers.endpoints })
      const { members, stale } = await late.view(FRESH)
      expect(stale).toBe(false)
      expect(members.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
      const kinds = members.map(({ id, failure }) => [ids.indexOf(id), failure?.kind] as const)
      expect(new Map(kinds)).toEqual(
        new Map([
          [0, 'refused'],
          [1, 'refused'],
          [2, undefined],
        ]),
      )
    })
  })
}
