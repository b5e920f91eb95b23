import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failureIn } from '../etcd/fail-call.ts'
import type { Alarm } from '../etcd/member.ts'
import { concatBytes, toUtf8 } from '../keys/bytes.ts'
import { afterKey } from '../keys/key-range.ts'
import type { EtcdCluster, SnapshotStream } from './etcd-cluster.ts'

/** A healthy cluster of three voters behind three configured endpoints, one each, in which nothing was compacted. */
export interface MaintenanceWorld extends AsyncDisposable {
  /** The client under test; nothing was asked yet. */
  readonly cluster: EtcdCluster
  /** Raises an alarm, as a member does. */
  raise(alarm: Alarm): Promise<void>
  /** Connections to the member behind this endpoint are refused. */
  stop(index: number): Promise<void>
  /** Its connections stay, and nothing is answered any more when this resolves. */
  hang(index: number): Promise<void>
  /** Back to normal; resolves when the cluster is healthy. */
  start(index: number): Promise<void>
}

const FRESH = { maxAge: 0, wait: 10_000, listMaxAge: 0 } as const
const UNKNOWN_MEMBER = '1'

/** What the operations of every EtcdCluster must do. Tests share a cluster, in this order. */
export function etcdMaintenanceContract(adapter: string, openWorld: () => Promise<MaintenanceWorld>): void {
  describe(`EtcdMaintenance contract: ${adapter}`, () => {
    let world: MaintenanceWorld
    let cluster: EtcdCluster
    beforeAll(async () => {
      world = await openWorld()
      cluster = world.cluster
      await cluster.view(FRESH)
    })
    afterAll(() => world[Symbol.asyncDispose]())

    const put = async (key: string) =>
      (await cluster.put({ key: toUtf8(key), value: toUtf8('x'), lease: 'none' })).revision
    const membersNow = async () => (await cluster.view(FRESH)).members
    const idAt = async (index: number) =>
      (await membersNow()).find(({ configuredIndex }) => configuredIndex === index)?.id ?? ''
    const leaderNow = async () => (await cluster.view(FRESH)).leaderId ?? ''

    describe('revisions', () => {
      it('gives the head, which each change raises', async () => {
        const before = BigInt(await cluster.headRevision())
        const revision = await put('/a')
        expect(BigInt(revision)).toBe(before + 1n)
        expect(await cluster.headRevision()).toBe(revision)
      })

      it('gives "0" for the compacted one until something is compacted, then exactly that', async () => {
        expect(await cluster.compactedRevision()).toBe('0')
        for (let at = 0; at < 12; at += 1) await put('/b')
        const target = String(BigInt(await cluster.headRevision()) - 5n)
        await cluster.compact(target, true)
        expect(await cluster.compactedRevision()).toBe(target)
        const key = toUtf8('/b')
        const range = { from: key, to: afterKey(key), limit: 1, values: false, serializable: false }
        expect((await cluster.range({ ...range, revision: target })).count).toBe(1)
        const older = String(BigInt(target) - 1n)
        await expect(cluster.range({ ...range, revision: older })).rejects.toMatchObject({
          code: 'revision_compacted',
        })
      })

      it('refuses to compact what is compacted, and what is not reached', async () => {
        const done = (await cluster.compactedRevision()) ?? ''
        await expect(cluster.compact(done, false)).rejects.toMatchObject({ code: 'revision_compacted' })
        const ahead = String(BigInt(await cluster.headRevision()) + 100n)
        await expect(cluster.compact(ahead, false)).rejects.toMatchObject({ code: 'revision_in_future' })
        expect(await cluster.compactedRevision()).toBe(done)
      })
    })

    describe('a serializable read', () => {
      it('is answered by every member', async () => {
        for (const { id } of await membersNow()) await cluster.serializableRead(id)
      })

      it('needs no quorum', async () => {
        const ids = await Promise.all([idAt(0), idAt(1), idAt(2)])
        await world.stop(1)
        await world.stop(2)
        await cluster.serializableRead(ids[0])
        for (const id of ids.slice(1))
          await expect(cluster.serializableRead(id)).rejects.toMatchObject({ code: 'member_unreachable' })
        await Promise.all([world.start(1), world.start(2)])
      })
    })

    describe('hashes', () => {
      it('are equal for all members at one revision, with the revision that was compacted', async () => {
        const revision = await cluster.headRevision()
        const compactRevision = await cluster.compactedRevision()
        const members = await membersNow()
        const hashes = []
        for (const { id } of members) hashes.push(await cluster.hashKv(id, revision))
        expect(hashes.map(({ memberId }) => memberId)).toEqual(members.map(({ id }) => id))
        expect(new Set(hashes.map(({ hash }) => hash)).size).toBe(1)
        for (const hash of hashes) {
          expect(hash).toMatchObject({ revision, compactRevision })
          expect(Number.isInteger(hash.hash)).toBe(true)
          if (hash.hashRevision !== undefined) expect(hash.hashRevision).toBe(revision)
        }
      })

      it('are not had of a revision that is gone, or not reached', async () => {
        const id = await idAt(0)
        const gone = String(BigInt((await cluster.compactedRevision()) ?? '') - 1n)
        await expect(cluster.hashKv(id, gone)).rejects.toMatchObject({ code: 'revision_compacted' })
        const ahead = String(BigInt(await cluster.headRevision()) + 100n)
        await expect(cluster.hashKv(id, ahead)).rejects.toMatchObject({ code: 'revision_in_future' })
      })
    })

    describe('a defragmentation', () => {
      it('is of the chosen member, whose mark tells of it', async () => {
        const ids = (await membersNow()).map(({ id }) => id)
        const marks = () => Promise.all(ids.map((id) => cluster.defragMark(id)))
        const before = await marks()
        await cluster.defragment(ids[1] ?? '')
        const after = await marks()
        expect(after.map((mark) => mark?.processStart)).toEqual(before.map((mark) => mark?.processStart))
        expect(after.map((mark, at) => (mark?.count ?? 0) - (before[at]?.count ?? 0))).toEqual([0, 1, 0])
      })
    })

    describe('the leadership', () => {
      it('is moved to a voter, which names itself when it is done', async () => {
        const leader = await leaderNow()
        const target = (await membersNow()).find(({ id }) => id !== leader)?.id ?? ''
        await cluster.moveLeader(target)
        await expect.poll(async () => (await cluster.status(target)).leaderId).toBe(target)
        expect(await leaderNow()).toBe(target)
      })

      it('is not moved to who is no voter', async () => {
        const leader = await leaderNow()
        await expect(cluster.moveLeader(UNKNOWN_MEMBER)).rejects.toMatchObject({ code: 'not_a_voter' })
        expect(await leaderNow()).toBe(leader)
      })
    })

    describe('alarms', () => {
      it('are listed while they are active, and disarmed each by itself', async () => {
        expect(await cluster.alarms()).toEqual([])
        const [first, second] = (await membersNow()).map(({ id }) => ({ memberId: id, type: 'NOSPACE' }))
        if (!first || !second) throw new Error('no members')
        await world.raise(first)
        expect(await cluster.alarms()).toEqual([first])
        await expect.poll(async () => (await cluster.status(first.memberId)).alarms).toEqual([first])
        expect(await cluster.disarm(second)).toBe(false)
        expect(await cluster.disarm({ ...first, type: 'CORRUPT' })).toBe(false)
        expect(await cluster.alarms()).toEqual([first])
        expect(await cluster.disarm(first)).toBe(true)
        expect(await cluster.disarm(first)).toBe(false)
        expect(await cluster.alarms()).toEqual([])
      })

      it('of a type that is not known are not touched', async () => {
        const alarm = { memberId: await idAt(0), type: 'UNKNOWN(9)' }
        await expect(cluster.disarm(alarm)).rejects.toMatchObject({ code: 'not_supported' })
      })
    })

    describe('a snapshot', () => {
      it('comes whole, its hash last, and says what it was', async () => {
        const stream = await cluster.snapshot(await idAt(1))
        const bytes = await readAll(stream)
        expect(bytes.length).toBe(stream.totalBytes)
        expect(bytes.length % 512).toBe(32)
        const { bytes: length, sha256 } = await stream.verified
        expect(length).toBe(bytes.length)
        expect(toHex(bytes.subarray(-32))).toBe(sha256)
      })

      it('is not verified when it is left', async () => {
        const stream = await cluster.snapshot(await idAt(1))
        for await (const chunk of stream) if (chunk.length > 0) break
        await expect(stream.verified).rejects.toMatchObject({ code: 'etcd_corrupt' })
      })

      it('ends with the reason of an abort', async () => {
        const reason = new Error('left')
        const leaving = new AbortController()
        const stream = await cluster.snapshot(await idAt(1), { signal: leaving.signal })
        leaving.abort(reason)
        await expect(readAll(stream)).rejects.toBe(reason)
        await expect(stream.verified).rejects.toBe(reason)
      })
    })

    describe('a caller that may not send any more', () => {
      it('changes nothing', async () => {
        const [one] = await membersNow()
        const leader = await leaderNow()
        const other = (await membersNow()).find(({ id }) => id !== leader)?.id ?? ''
        const alarm = { memberId: one?.id ?? '', type: 'NOSPACE' }
        await world.raise(alarm)
        const before = await Promise.all([cluster.compactedRevision(), cluster.defragMark(other)])
        const head = await cluster.headRevision()
        let asked = 0
        const options = {
          mayStillSend: () => {
            asked += 1
            return false
          },
        }
        const changes = [
          () => cluster.compact(head, false, options),
          () => cluster.moveLeader(other, options),
          () => cluster.defragment(other, options),
          () => cluster.disarm(alarm, options),
        ]
        for (const [at, change] of changes.entries()) {
          await expect(change()).rejects.toMatchObject({ code: 'shutting_down' })
          expect(asked).toBe(at + 1)
        }
        expect(await Promise.all([cluster.compactedRevision(), cluster.defragMark(other)])).toEqual(before)
        expect(await leaderNow()).toBe(leader)
        expect(await cluster.disarm(alarm, { mayStillSend: () => true })).toBe(true)
      })
    })

    it('rejects for a member that is not in the list', async () => {
      const missing = { code: 'member_not_found' }
      await expect(cluster.serializableRead(UNKNOWN_MEMBER)).rejects.toMatchObject(missing)
      await expect(cluster.hashKv(UNKNOWN_MEMBER, '1')).rejects.toMatchObject(missing)
      await expect(cluster.defragment(UNKNOWN_MEMBER)).rejects.toMatchObject(missing)
      await expect(cluster.snapshot(UNKNOWN_MEMBER)).rejects.toMatchObject(missing)
      expect(await cluster.defragMark(UNKNOWN_MEMBER)).toBeUndefined()
    })

    it('rejects with the reason of an abort', async () => {
      const id = await idAt(0)
      const reason = new Error('left')
      const options = { signal: AbortSignal.abort(reason) }
      const calls = [
        () => cluster.alarms(options),
        () => cluster.headRevision(options),
        () => cluster.compactedRevision(options),
        () => cluster.compact('1', false, options),
        () => cluster.moveLeader(id, options),
        () => cluster.serializableRead(id, options),
        () => cluster.hashKv(id, '1', options),
        () => cluster.defragment(id, options),
        () => cluster.defragMark(id, options),
        () => cluster.snapshot(id, options),
      ]
      for (const call of calls) await expect(call()).rejects.toBe(reason)
    })

    describe('a member that is down', () => {
      beforeAll(() => world.stop(2))
      afterAll(() => world.start(2))

      it('is not reached, and nothing was sent; the others answer', async () => {
        const id = await idAt(2)
        const calls = [
          () => cluster.serializableRead(id),
          () => cluster.hashKv(id, '1'),
          () => cluster.defragment(id),
          () => cluster.snapshot(id),
        ]
        for (const call of calls) {
          const error = await call().catch((thrown: unknown) => thrown)
          expect(error).toMatchObject({ code: 'member_unreachable' })
          expect(failureIn(error)).toMatchObject({ kind: 'refused', sent: false })
        }
        expect(await cluster.defragMark(id)).toBeUndefined()
        await expect.poll(() => cluster.alarms().catch(() => 'no leader yet')).toEqual([])
        await put('/c')
      })
    })

    describe('a member that hangs', () => {
      beforeAll(async () => {
        await cluster.status(await idAt(2)) // there is a connection
        await world.hang(2)
      })
      afterAll(() => world.start(2))

      it('is sent nothing, since it does not say who it is', async () => {
        const id = await idAt(2)
        const late = { code: 'etcd_timeout' }
        for (const call of [
          () => cluster.defragment(id, { deadline: 500 }),
          () => cluster.hashKv(id, '1', { deadline: 500 }),
          () => cluster.serializableRead(id, { deadline: 500 }),
        ]) {
          const error = await call().catch((thrown: unknown) => thrown)
          expect(error).toMatchObject(late)
          expect(failureIn(error)).toMatchObject({ kind: 'deadline', method: 'Maintenance.Status' })
        }
        expect(await cluster.defragMark(id, { deadline: 500 })).toBeUndefined()
      })
    })
  })
}

async function readAll(stream: SnapshotStream): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const part of stream) parts.push(part.slice())
  return concatBytes(...parts)
}

const toHex = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
