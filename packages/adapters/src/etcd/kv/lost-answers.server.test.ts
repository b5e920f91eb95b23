import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { afterKey, prefixRange } from '@etcdmonitor/core/keys/key-range'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { startFaultProxy } from '@etcdmonitor/rig/fault-proxy'
import { describe, expect, it } from 'vitest'
import { FRESH, hangMember, openClient } from '../open-client.contract.ts'

const KEY = toUtf8('/lost/a')
const ONE = { from: KEY, to: afterKey(KEY), limit: 1, values: true, serializable: false }

for (const found of etcdVersions()) {
  if ('missing' in found) continue // the contract of the cluster says so
  describe(`answers that do not come, etcd ${found.version}`, () => {
    it('ET24 leaves a lease alone whose key may have been written, and names it', async () => {
      await using servers = await startEtcdCluster({ members: 1, binary: found.path })
      await using proxy = await startFaultProxy(servers.endpoints[0] ?? '')
      await using client = openClient({ endpoints: [proxy.url] })
      await using direct = openClient({ endpoints: servers.endpoints })
      let calls = 0
      const losing = {
        mayStillSend() {
          calls += 1 // the lease, then the transaction: in the tick in which that is sent
          if (calls === 2) void proxy.set({ mode: 'cutAfter', bytes: 1, direction: 'down' })
          return true
        },
      }
      const change = { key: KEY, value: toUtf8('1'), lease: { grantSeconds: 600 } } as const
      const error = await client.put(change, losing).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'outcome_unknown', details: { lease_id: expect.any(String) } })
      expect(calls).toBe(2)
      const { lease_id: leaseId } = (error as { readonly details: { readonly lease_id: string } }).details
      await expect
        .poll(async () => (await direct.range(ONE)).entries[0])
        .toMatchObject({ leaseId, keyVersion: '1' })
      expect((await direct.leaseSeconds([leaseId])).get(leaseId)).toBeGreaterThan(500)
    })

    it('ET27 a scan that fails over to a member that lags behind goes on at its revision', async ({
      skip,
    }) => {
      if (process.env.TEST_SUITE !== 'full') skip('stops members again and again: pnpm test:full has it')
      await using servers = await startEtcdCluster({ members: 3, binary: found.path })
      await using writer = openClient({ endpoints: servers.endpoints })
      for (let round = 0; round < 5; round += 1) {
        const { members, leaderId } = await writer.view(FRESH)
        const leader = members.find(({ id }) => id === leaderId)?.configuredIndex ?? -1
        const [first, lagging] = [0, 1, 2].filter((index) => index !== leader)
        const [serving, behind] = [servers.members[first ?? 0], servers.members[lagging ?? 0]]
        // of the followers it asks the first one first
        await using client = openClient({ endpoints: servers.endpoints })
        await client.view(FRESH)
        await hangMember(behind)
        const names = Array.from(
          { length: 1_500 },
          (_, index) => `/lag/${round}/${String(index).padStart(4, '0')}`,
        )
        for (let at = 0; at < names.length; at += 100)
          await Promise.all(
            names
              .slice(at, at + 100)
              .map((name) => writer.put({ key: toUtf8(name), value: toUtf8('x'), lease: 'none' })),
          )
        const seen: string[] = []
        for await (const { entries } of client.scan({
          ...prefixRange(toUtf8(`/lag/${round}/`)),
          values: true,
        })) {
          if (seen.length === 0) {
            await serving?.kill()
            behind?.resume()
          }
          seen.push(...entries.map(({ key }) => new TextDecoder().decode(key)))
        }
        expect(seen).toEqual(names)
        await serving?.restart()
        await behind?.untilHealthy()
      }
    }, 180_000)

    it('ET10 says of values above the limit of etcd, and of its gRPC, that they are too large', async () => {
      await using servers = await startEtcdCluster({ members: 1, binary: found.path })
      await using client = openClient({ endpoints: servers.endpoints })
      const put = (bytes: number) =>
        client.put({ key: KEY, value: new Uint8Array(bytes).fill(0x61), lease: 'keep' })
      for (const bytes of [1_600_000, 2_500_000]) {
        await expect(put(bytes)).rejects.toMatchObject({ code: 'payload_too_large' })
        expect((await client.range(ONE)).count).toBe(0)
      }
      expect((await put(1_500_000)).created).toBe(true)
      expect((await client.range(ONE)).entries[0]?.value).toHaveLength(1_500_000)
    })

    it('ET11 sends a put once that finds no space', async () => {
      const flags = ['--quota-backend-bytes=4194304']
      await using servers = await startEtcdCluster({ members: 1, binary: found.path, flags })
      await using client = openClient({ endpoints: servers.endpoints })
      const put = (name: number, bytes: number) =>
        client.put({ key: toUtf8(`/full/${name}`), value: new Uint8Array(bytes), lease: 'keep' })
      const fill = async () => {
        for (let name = 0; name < 40; name += 1) await put(name, 1_000_000)
      }
      await expect(fill()).rejects.toMatchObject({ code: 'etcd_nospace' })
      const refused = () => countTxns(servers.endpoints[0] ?? '', 'ResourceExhausted')
      const before = await refused()
      await expect(put(0, 10)).rejects.toMatchObject({ code: 'etcd_nospace' })
      expect((await refused()) - before).toBe(1)
      const read = {
        from: toUtf8('/full/'),
        to: toUtf8('/full0'),
        limit: 0,
        values: false,
        serializable: false,
      }
      for (let round = 0; round < 20; round += 1) expect((await client.range(read)).count).toBeGreaterThan(0)
    })
  })
}

/** Transactions that the member ended with this code. */
async function countTxns(url: string, code: string): Promise<number> {
  const answer = await fetch(`${url}/metrics`, { redirect: 'error', signal: AbortSignal.timeout(60_000) })
  const line = (await answer.text())
    .split('\n')
    .find(
      (one) => /^grpc_server_handled_total\{/.test(one) && one.includes(`"${code}"`) && one.includes('"Txn"'),
    )
  return Number(line?.split(' ').at(-1) ?? 0)
}
