import { readFileSync } from 'node:fs'
import { failureIn } from '@etcdmonitor/core/etcd/fail-call'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { afterKey, prefixRange } from '@etcdmonitor/core/keys/key-range'
import type { EtcdCluster } from '@etcdmonitor/core/ports/etcd-cluster'
import { makeCertificates } from '@etcdmonitor/rig/certificates'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { watchLateness } from '@etcdmonitor/rig/lateness'
import { needServer } from '@etcdmonitor/rig/need-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FRESH, hangMember, openClient } from '../open-client.contract.ts'

const put = (client: EtcdCluster, key: string, value: string | Uint8Array = '1', deadline = 10_000) =>
  client.put(
    { key: toUtf8(key), value: typeof value === 'string' ? toUtf8(value) : value, lease: 'keep' },
    { deadline },
  )
const one = (key: string) => ({ from: toUtf8(key), to: afterKey(toUtf8(key)) })
const KILLS = process.env.TEST_SUITE === 'full' ? 50 : 1

const read = { limit: 100, values: true, serializable: false } as const

needServer('etcd', () => {
  describe('keys of three members', () => {
    let servers: Servers
    beforeAll(async () => {
      servers = await startEtcdCluster({ members: 3 })
    })
    afterAll(() => servers.dispose())

    async function leaderOf(client: EtcdCluster) {
      const { members, leaderId } = await client.view(FRESH)
      const index = members.find(({ id }) => id === leaderId)?.configuredIndex ?? -1
      const leader = servers.members[index]
      if (!leader) throw new Error('no leader')
      return leader
    }

    it(`ET13 M16 writes nothing twice while the leader is killed ${KILLS} times under four writers`, {
      timeout: 120_000 + KILLS * 60_000,
    }, async () => {
      await using client = openClient({ endpoints: servers.endpoints })
      const stop = new AbortController()
      const counts = Array.from({ length: 4 }, () => ({ confirmed: 0, unknown: 0 }))
      const writers = counts.map(async (count, index) => {
        while (!stop.signal.aborted) {
          try {
            await put(client, `/kill/${index}`)
            count.confirmed += 1
          } catch (error) {
            const { code } = error as { readonly code?: string }
            if (code === 'outcome_unknown') count.unknown += 1
            // the others prove that nothing was written
            else expect(code).toMatch(/^(no_quorum|etcd_unavailable|etcd_timeout)$/)
          }
        }
      })
      const versionOf = async (index: number) =>
        Number((await client.range({ ...one(`/kill/${index}`), ...read })).entries[0]?.keyVersion ?? 0)
      const untilBeyond = (version: number) =>
        expect.poll(() => versionOf(3).catch(() => 0)).toBeGreaterThan(version)
      await untilBeyond(20)
      for (let kill = 0; kill < KILLS; kill += 1) {
        const leader = await leaderOf(client)
        await leader.kill()
        await untilBeyond((await versionAfter(versionOf)) + 20)
        await leader.restart()
      }
      stop.abort()
      await Promise.all(writers)
      for (const [index, { confirmed, unknown }] of counts.entries()) {
        const version = await versionOf(index)
        expect(version).toBeGreaterThanOrEqual(confirmed)
        expect(version).toBeLessThanOrEqual(confirmed + unknown)
      }
    })

    it('ET12 reads on from the next member while a follower hangs', async () => {
      await using client = openClient({ endpoints: servers.endpoints })
      await put(client, '/hang/a')
      const leader = await leaderOf(client)
      const follower = servers.members.find((member) => member !== leader)
      await hangMember(follower)
      try {
        const page = await client.range(
          { ...one('/hang/a'), ...read, serializable: true },
          { deadline: 25_000 },
        )
        expect(page.count).toBe(1)
      } finally {
        follower?.resume()
        // one that comes back may begin an election: a write in it has an unknown outcome
        await Promise.all(servers.members.map((member) => member.untilHealthy()))
      }
    })

    it('ET14 writes to the next voter when the first one refuses connections', async () => {
      const [first, ...others] = servers.endpoints
      const dead = 'http://127.0.0.1:1'
      await using client = openClient({ endpoints: [dead, first ?? '', ...others] })
      const { entry } = await put(client, '/refused/a')
      expect(entry.keyVersion).toBe('1')
    })

    it('ET15 ET34 tells of a lost quorum, and reads what needs none', async () => {
      await using client = openClient({ endpoints: servers.endpoints })
      await put(client, '/quorum/a')
      const leader = await leaderOf(client)
      const [kept, ...lost] = [...servers.members].toSorted(
        (a, b) => Number(a === leader) - Number(b === leader),
      )
      await Promise.all(lost.map((member) => member.kill()))
      try {
        const isLeaderless = async () => (await client.view(FRESH)).leaderId === undefined
        await expect.poll(isLeaderless).toBe(true)
        using late = watchLateness()
        const began = performance.now()
        const range = { ...one('/quorum/a'), ...read }
        await expect(client.range(range)).rejects.toMatchObject({ code: 'no_quorum' })
        expect(performance.now() - began).toBeLessThan(3_000 + late.most())
        await expect(put(client, '/quorum/a')).rejects.toMatchObject({ code: 'no_quorum' })
        expect((await client.range({ ...range, serializable: true })).count).toBe(1)
      } finally {
        await Promise.all(lost.map((member) => member.restart()))
        await kept?.untilHealthy()
      }
    })
  })

  it('ET9 ET10 halves pages that are too large to receive, and names what is too large to send', async () => {
    await using servers = await startEtcdCluster({
      members: 1,
      flags: ['--max-request-bytes=10485760', '--quota-backend-bytes=4294967296'],
    })
    await using client = openClient({ endpoints: servers.endpoints })
    const value = new Uint8Array(5_000_000).fill(0x61)
    for (let index = 0; index < 8; index += 1) await put(client, `/big/${index}`, value)
    const range = { ...prefixRange(toUtf8('/big/')), values: true }
    const page = await client.range({ ...range, limit: 8, serializable: true })
    expect({ count: page.count, more: page.more, length: page.entries.length }).toEqual({
      count: 8,
      more: true,
      length: 4,
    })
    const seen: number[] = []
    for await (const { entries } of client.scan(range))
      seen.push(...entries.map((entry) => entry.value?.length ?? 0))
    expect(seen).toEqual(Array(8).fill(5_000_000))
    await expect(put(client, '/big/x', new Uint8Array(11_000_000))).rejects.toMatchObject({
      code: 'payload_too_large',
    })
    expect((await put(client, '/big/0', '1')).created).toBe(false)
  })

  it('K6 K35 ET11 takes deletes under NOSPACE, no puts, and says so', async () => {
    await using servers = await startEtcdCluster({ members: 1, flags: ['--quota-backend-bytes=4194304'] })
    await using client = openClient({ endpoints: servers.endpoints })
    const fill = async () => {
      for (let index = 0; index < 40; index += 1) await put(client, `/n/${index}`, new Uint8Array(1_000_000))
    }
    const error = await fill().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'etcd_nospace' })
    expect(failureIn(error)?.kind).toBe('no_space')
    for (let round = 0; round < 20; round += 1)
      expect((await client.range({ ...one('/n/0'), ...read })).count).toBe(1)
    const { revision } = await client.range({ ...one('/n/0'), ...read })
    const removed = await client.remove({ ranges: [one('/n/0')], ifUnchangedSince: revision })
    expect(removed.deleted).toBe(1)
  })

  it('reads and writes with a client certificate, whose name is the user of etcd', async () => {
    await using certificates = await makeCertificates()
    const { caFile, server: files, client: pair } = certificates
    const tls = { caFile, ...files, clientCertAuth: true }
    await using servers = await startEtcdCluster({ members: 1, tls })
    const material = {
      ca: readFileSync(caFile),
      cert: readFileSync(pair.certFile),
      key: readFileSync(pair.keyFile),
      serverName: '',
      insecureSkipVerify: false,
    }
    await using client = openClient({ endpoints: servers.endpoints, tls: material })
    expect((await put(client, '/tls/a')).created).toBe(true)
    expect((await client.range({ ...one('/tls/a'), ...read })).count).toBe(1)
    expect(await client.grants()).toBeUndefined()
  })
})

/** Of the last writer, once it can be read again. */
async function versionAfter(versionOf: (index: number) => Promise<number>): Promise<number> {
  let version = 0
  await expect
    .poll(async () => {
      version = await versionOf(3).catch(() => 0)
      return version
    })
    .toBeGreaterThan(0)
  return version
}
