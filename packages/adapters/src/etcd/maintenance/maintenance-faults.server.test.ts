import { failureIn } from '@etcdmonitor/core/etcd/fail-call'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import type { EtcdCluster } from '@etcdmonitor/core/ports/etcd-cluster'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { type FaultProxy, startFaultProxy } from '@etcdmonitor/rig/fault-proxy'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callGateway } from '../kv/kv-rig.contract.ts'
import { FRESH, hangMember, openClient } from '../open-client.contract.ts'
import { startBalancer } from '../tcp-balancer.contract.ts'

const MIB = 1_048_576

async function fill(client: EtcdCluster, mib: number): Promise<void> {
  const value = new Uint8Array(MIB).fill(0x61)
  for (let at = 0; at < mib; at += 1) await client.put({ key: toUtf8(`/fill/${at}`), value, lease: 'none' })
}

for (const found of etcdVersions()) {
  if ('missing' in found) continue
  describe(`operations on members that fail, etcd ${found.version}`, () => {
    let servers: Servers
    let proxies: FaultProxy[]
    let client: EtcdCluster
    beforeAll(async () => {
      servers = await startEtcdCluster({ members: 3, binary: found.path })
      proxies = await Promise.all(servers.endpoints.map((url) => startFaultProxy(url)))
      client = openClient({ endpoints: proxies.map(({ url }) => url) })
      await client.view(FRESH)
      await fill(client, 60)
    })
    afterAll(async () => {
      await client[Symbol.asyncDispose]()
      for (const proxy of proxies) await proxy[Symbol.asyncDispose]()
      await servers.dispose()
    })

    const idAt = async (index: number) =>
      (await client.view(FRESH)).members.find(({ configuredIndex }) => configuredIndex === index)?.id ?? ''
    async function leaderIndex() {
      const { members, leaderId } = await client.view(FRESH)
      return members.find(({ id }) => id === leaderId)?.configuredIndex ?? -1
    }
    const rejected = (call: Promise<unknown>) => call.catch((thrown: unknown) => thrown)
    /** In the tick in which the call is sent, its answer is made to be lost. */
    const losing = (index: number) => ({
      mayStillSend() {
        void proxies[index]?.set({ mode: 'cutAfter', bytes: 1, direction: 'down' })
        return true
      },
    })
    /** From the tick in which the call is sent no answer comes. */
    const unanswered = (index: number) => ({
      mayStillSend() {
        void proxies[index]?.set({ mode: 'stall', direction: 'down' })
        return true
      },
    })
    const pass = async (index: number) => proxies[index]?.set({ mode: 'pass' })
    const losingAll = {
      mayStillSend: () => [0, 1, 2].every((index) => losing(index).mayStillSend()),
    }
    const passAll = () => Promise.all([0, 1, 2].map(pass))

    it('ET29 does not know of a defragmentation whose deadline passed, which the member finishes', async () => {
      const id = await idAt(1)
      const before = await client.defragMark(id)
      const error = await rejected(client.defragment(id, { deadline: 1_500, ...unanswered(1) }))
      expect(error).toMatchObject({ code: 'outcome_unknown' })
      expect(failureIn(error)).toMatchObject({ kind: 'deadline', sent: true })
      await proxies[1]?.set({ mode: 'resetAfter', bytes: 0 })
      await pass(1)
      const answers = () => client.status(id).then(({ memberId }) => memberId, String)
      await expect.poll(answers).toBe(id) // the connection is made anew
      expect(await client.defragMark(id)).toEqual({ ...before, count: (before?.count ?? 0) + 1 })
    })

    it('does not know of a defragmentation whose answer was lost, and sends it once', async () => {
      const id = await idAt(2)
      const before = await client.defragMark(id)
      const error = await rejected(client.defragment(id, losing(2)))
      expect(error).toMatchObject({ code: 'outcome_unknown' })
      expect(failureIn(error)).toMatchObject({
        kind: 'connection_lost',
        method: 'Maintenance.Defragment',
        sent: true,
      })
      await pass(2)
      await client.status(id, { deadline: 60_000 })
      expect(await client.defragMark(id)).toEqual({ ...before, count: (before?.count ?? 0) + 1 })
    })

    it('does not know of a compaction whose answer was lost, and reads that it was done', async () => {
      const target = String(BigInt(await client.headRevision()) - 2n)
      expect(await rejected(client.compact(target, false, losingAll))).toMatchObject({
        code: 'outcome_unknown',
      })
      await passAll()
      await expect.poll(() => client.compactedRevision()).toBe(target)
      await expect(client.compact(target, false)).rejects.toMatchObject({ code: 'revision_compacted' })
    })

    it('does not know of an alarm whose disarming was not answered', async () => {
      const alarm = { memberId: await idAt(0), type: 'NOSPACE' }
      const body = { action: 'ACTIVATE', memberID: alarm.memberId, alarm: alarm.type }
      await callGateway(servers.endpoints[0] ?? '', 'maintenance/alarm', body)
      expect(await client.alarms()).toEqual([alarm])
      expect(await rejected(client.disarm(alarm, losingAll))).toMatchObject({ code: 'outcome_unknown' })
      await passAll()
      await expect.poll(() => client.alarms()).toEqual([])
    })

    it('ET5 breaks a snapshot off where the connection breaks, and where the member is killed', async () => {
      const id = await idAt(1)
      for (const end of [
        () => proxies[1]?.set({ mode: 'resetAfter', bytes: 1, direction: 'down' }),
        () => servers.members[1]?.kill(),
      ]) {
        const stream = await client.snapshot(id)
        expect(stream.totalBytes).toBeGreaterThan(60 * MIB)
        let got = 0
        const reading = (async () => {
          for await (const chunk of stream) {
            if (got === 0) await end()
            got += chunk.length
          }
        })()
        const error = await rejected(reading)
        expect(error).toMatchObject({ code: 'etcd_timeout' })
        expect(failureIn(error)).toMatchObject({ kind: 'connection_lost', method: 'Maintenance.Snapshot' })
        await expect(stream.verified).rejects.toBe(error)
        expect(got).toBeLessThan(stream.totalBytes - 32)
        await pass(1)
      }
      await servers.members[1]?.restart()
    })

    it('stops a snapshot while nobody reads, and then gives all of it', async () => {
      const proxy = proxies[1]
      if (!proxy) throw new Error('no proxy')
      const id = await idAt(1)
      await client.status(id)
      const from = proxy.counts().down
      const stream = await client.snapshot(id)
      const [, minor] = /^(3\.[67])\./.exec(found.version) ?? []
      expect(stream.storageVersion).toBe(minor && `${minor}.0`)
      let before = -1
      const hasStopped = () => {
        const { down } = proxy.counts()
        const isSame = before === down
        before = down
        return isSame
      }
      await expect.poll(hasStopped, { interval: 300 }).toBe(true)
      expect(proxy.counts().down - from).toBeLessThan(20 * MIB)
      let bytes = 0
      for await (const chunk of stream) bytes += chunk.length
      expect(bytes).toBe(stream.totalBytes)
      expect((await stream.verified).bytes).toBe(bytes)
    })

    it('reaches nobody by a balancer, which may lead to another member', async () => {
      await using balancer = await startBalancer(servers.endpoints.slice(0, 2))
      await using guest = openClient({ endpoints: [balancer.url], memberAllowCidrs: ['10.0.0.0/8'] })
      await guest.view(FRESH)
      const ids = [await idAt(0), await idAt(1)]
      const before = await Promise.all(ids.map((id) => client.defragMark(id)))
      for (const id of ids) {
        balancer.reconnect() // it leads to the other one from now on; the first call may still find the old connection
        await rejected(guest.defragment(id))
        expect(await rejected(guest.defragment(id))).toMatchObject({ code: 'member_unreachable' })
      }
      expect(await Promise.all(ids.map((id) => client.defragMark(id)))).toEqual(before)
    })

    it('does not know whether the leadership went to a member that hangs', async () => {
      const leader = await leaderIndex()
      const target = (leader + 1) % 3
      const id = await idAt(target)
      await client.status(id)
      await hangMember(servers.members[target])
      try {
        const error = await rejected(client.moveLeader(id, { deadline: 3_000 }))
        expect(error).toMatchObject({ code: 'outcome_unknown' })
        expect(failureIn(error)).toMatchObject({ method: 'Maintenance.MoveLeader', sent: true })
      } finally {
        servers.members[target]?.resume()
        await servers.members[target]?.untilHealthy()
      }
      await expect.poll(leaderIndex).toBeGreaterThanOrEqual(0)
    })

    it('does not know of a move that the leader did not answer, for it was killed', async () => {
      const leader = await leaderIndex()
      const id = await idAt((leader + 1) % 3)
      const killed: Promise<void>[] = []
      const options = {
        mayStillSend() {
          const member = servers.members[leader]
          if (member) {
            process.kill(member.pid, 'SIGKILL')
            killed.push(member.kill())
          }
          return true
        },
      }
      const error = await rejected(client.moveLeader(id, options))
      expect(error).toMatchObject({ code: 'outcome_unknown' })
      await Promise.all(killed)
      await servers.members[leader]?.restart()
      await expect.poll(leaderIndex).toBeGreaterThanOrEqual(0)
    })

    it('ET34 has no alarms and moves nothing while nobody leads, and says so at once', async () => {
      const leader = await leaderIndex()
      const lost = [leader, (leader + 1) % 3]
      const id = await idAt((leader + 2) % 3)
      for (const index of lost) await servers.members[index]?.kill()
      try {
        const isLeaderless = async () => (await client.view(FRESH)).leaderId === undefined
        await expect.poll(isLeaderless).toBe(true)
        for (const call of [
          () => client.alarms(),
          () => client.headRevision(),
          () => client.disarm({ memberId: id, type: 'NOSPACE' }),
          () => client.compact('1', false),
          () => client.moveLeader(id),
        ]) {
          const error = await rejected(call())
          expect(error).toMatchObject({ code: 'no_quorum' })
          expect(failureIn(error)).toMatchObject({ kind: 'no_leader', sent: false }) // no deadline was waited for
        }
        const revision = (await client.status(id)).revision
        expect(await client.compactedRevision()).toMatch(/^\d+$/)
        expect((await client.hashKv(id, revision)).memberId).toBe(id)
        await client.defragment(id)
        const stream = await client.snapshot(id)
        for await (const chunk of stream) if (chunk.length === 0) throw new Error('an empty chunk')
        expect((await stream.verified).bytes).toBe(stream.totalBytes)
      } finally {
        await Promise.all(lost.map(async (index) => servers.members[index]?.restart()))
      }
    })
  })
}
