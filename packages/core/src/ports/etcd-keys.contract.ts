import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareBytes, concatBytes, toUtf8 } from '../keys/bytes.ts'
import { afterKey, prefixEnd, prefixRange } from '../keys/key-range.ts'
import type { EtcdKeys, KeyBatch } from './etcd-keys.ts'

/** A healthy cluster. */
export interface KeysWorld extends AsyncDisposable {
  readonly keys: EtcdKeys
  compact(revision: string): Promise<void>
}

const END = new Uint8Array()
const one = (key: Uint8Array) => ({ from: key, to: afterKey(key) })
const read = { limit: 100, values: true, serializable: false } as const

/** What the key part of every EtcdCluster must do. Tests share a cluster, each has keys of its own. */
export function etcdKeysContract(adapter: string, openWorld: () => Promise<KeysWorld>): void {
  describe(`EtcdKeys contract: ${adapter}`, () => {
    let world: KeysWorld
    let keys: EtcdKeys
    beforeAll(async () => {
      world = await openWorld()
      keys = world.keys
    })
    afterAll(() => world[Symbol.asyncDispose]())

    const put = (key: string | Uint8Array, value: string | Uint8Array = 'x') =>
      keys.put({ key: toBytes(key), value: toBytes(value), lease: 'keep' })
    const scanAll = async (prefix: string, values = false): Promise<KeyBatch[]> => {
      const batches: KeyBatch[] = []
      for await (const batch of keys.scan({ ...prefixRange(toUtf8(prefix)), values })) batches.push(batch)
      return batches
    }

    it('gives back all 256 bytes in keys and values, an empty value and one of a mebibyte', async () => {
      const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
      const key = concatBytes(toUtf8('bytes/'), all)
      const big = new Uint8Array(1_048_576).map((_, at) => at % 251)
      for (const value of [all, new Uint8Array(), big]) {
        const { entry } = await keys.put({ key, value, lease: 'keep' })
        const { entries } = await keys.range({ ...one(key), ...read })
        expect(entries).toHaveLength(1)
        for (const got of [entry, entries[0]]) {
          expect(compareBytes(got?.key ?? END, key)).toBe(0)
          expect(compareBytes(got?.value ?? all, value)).toBe(0)
        }
      }
    })

    it('counts what a key went through', async () => {
      const first = await put('life/a')
      const second = await put('life/a')
      expect(first.created).toBe(true)
      expect(second.created).toBe(false)
      expect(second.entry).toMatchObject({
        createRevision: first.revision,
        modRevision: second.revision,
        keyVersion: '2',
      })
      expect(second.entry.leaseId).toBeUndefined()
      expect(BigInt(second.revision)).toBeGreaterThan(BigInt(first.revision))
    })

    it('never exceeds the limit of a page, and counts beyond it', async () => {
      for (const name of ['a', 'b', 'c']) await put(`page/${name}`)
      const range = prefixRange(toUtf8('page/'))
      const first = { ...range, limit: 2, values: false, serializable: true }
      // a follower answers, which may not have applied the newest of them
      await expect.poll(async () => (await keys.range(first)).count).toBe(3)
      const page = await keys.range(first)
      expect(page.entries.map(({ key }) => toText(key))).toEqual(['page/a', 'page/b'])
      expect({ count: page.count, more: page.more }).toEqual({ count: 3, more: true })
      expect(page.entries[0]).not.toHaveProperty('value')
      expect(page.memberId).toMatch(/^[1-9]\d*$/)
      const counted = await keys.range({ ...range, limit: 0, values: false, serializable: false })
      expect({ entries: counted.entries, count: counted.count }).toEqual({ entries: [], count: 3 })
    })

    it('reads the first key there is, and to the end of the keyspace', async () => {
      await put(Uint8Array.of(0))
      await put(Uint8Array.of(0xff, 0xff))
      const { entries, count } = await keys.range({ from: END, to: END, ...read, limit: 1 })
      expect([...(entries[0]?.key ?? [])]).toEqual([0])
      const last = await keys.range({ from: Uint8Array.of(0xff), to: END, ...read })
      expect(last.count).toBe(1)
      expect(count).toBeGreaterThanOrEqual(2)
    })

    it('scans a range at one revision, each key once, while others write', async () => {
      const names = Array.from({ length: 4_100 }, (_, index) => `scan/${String(index).padStart(4, '0')}`)
      for (let at = 0; at < names.length; at += 25)
        await Promise.all(names.slice(at, at + 25).map((name) => put(name)))
      // the first page comes from a follower, which may not have applied the newest of them
      const counted = { ...prefixRange(toUtf8('scan/')), limit: 0, values: false, serializable: true }
      await expect.poll(async () => (await keys.range(counted)).count).toBe(names.length)
      const seen: string[] = []
      const revisions = new Set<string>()
      const more: boolean[] = []
      for await (const { entries, revision, ...batch } of keys.scan({
        ...prefixRange(toUtf8('scan/')),
        values: true,
      })) {
        more.push(batch.more)
        expect(entries.length).toBeLessThanOrEqual(2_000)
        seen.push(...entries.map(({ key }) => toText(key)))
        revisions.add(revision)
        await put(`scan/0000-${seen.length}`)
        await keys.remove({ ranges: [one(toUtf8('scan/4099'))] })
      }
      expect(seen).toEqual(names)
      expect(revisions.size).toBe(1)
      expect(more).toEqual([...Array(more.length - 1).fill(true), false])
    })

    it('gives one empty batch for a range without keys', async () => {
      const batches = await scanAll('nothing/')
      expect(batches.map(({ entries }) => entries)).toEqual([[]])
      expect(batches[0]?.revision).toMatch(/^[1-9]\d*$/)
    })

    it('puts only on the revision that was named, or where nothing is', async () => {
      const key = toUtf8('cas/a')
      const change = { key, value: toUtf8('1'), lease: 'keep' } as const
      await expect(keys.put({ ...change, ifModRevision: '1' })).rejects.toMatchObject({
        code: 'revision_conflict',
        details: { current_revision: '0' },
      })
      const { entry, created } = await keys.put({ ...change, ifModRevision: '0' })
      expect(created).toBe(true)
      for (const ifModRevision of ['0', String(BigInt(entry.modRevision) - 1n)]) {
        const conflict = { code: 'revision_conflict', details: { current_revision: entry.modRevision } }
        await expect(keys.put({ ...change, value: toUtf8('2'), ifModRevision })).rejects.toMatchObject(
          conflict,
        )
      }
      expect(toText((await keys.range({ ...one(key), ...read })).entries[0]?.value)).toBe('1')
      const next = await keys.put({ ...change, value: toUtf8('2'), ifModRevision: entry.modRevision })
      expect({ created: next.created, version: next.entry.keyVersion }).toEqual({
        created: false,
        version: '2',
      })
    })

    it('K14 lets one of fifty puts on the same revision through', async () => {
      const { revision } = await put('race/a')
      const results = await Promise.allSettled(
        Array.from({ length: 50 }, (_, index) =>
          keys.put({
            key: toUtf8('race/a'),
            value: toUtf8(String(index)),
            lease: 'keep',
            ifModRevision: revision,
          }),
        ),
      )
      const codes = results.map((result) => (result.status === 'fulfilled' ? 'ok' : result.reason.code))
      expect(codes.toSorted()).toEqual(['ok', ...Array(49).fill('revision_conflict')])
    })

    it('K11 keeps, drops and grants leases', async () => {
      const key = toUtf8('lease/a')
      const put60 = { key, value: toUtf8('1'), lease: { grantSeconds: 60 } } as const
      const { entry, grantedSeconds } = await keys.put(put60)
      expect(grantedSeconds).toBe(60)
      expect(entry.leaseId).toMatch(/^[1-9]\d*$/)
      const id = entry.leaseId ?? ''
      expect((await put('lease/a', '2')).entry.leaseId).toBe(id)
      const kept = { key, value: toUtf8('3'), lease: 'keep', ifModRevision: undefined } as const
      expect((await keys.put(kept)).entry.leaseId).toBe(id)
      const seconds = await keys.leaseSeconds([id, '12345'])
      expect([...seconds.keys()]).toEqual([id])
      expect(seconds.get(id)).toBeGreaterThan(50)
      expect(seconds.get(id)).toBeLessThanOrEqual(60)
      const renewed = await keys.put({ ...put60, lease: { grantSeconds: 600 } })
      expect(renewed.entry.leaseId).not.toBe(id)
      expect((await keys.put({ key, value: toUtf8('4'), lease: 'none' })).entry.leaseId).toBeUndefined()
      expect((await keys.leaseSeconds([id])).get(id)).toBeGreaterThan(50)
    })

    it('K13 leaves no lease behind where a put with one conflicts', async () => {
      await put('lease/b')
      const change = { key: toUtf8('lease/b'), value: toUtf8('2'), ifModRevision: '0' }
      const conflict = { code: 'revision_conflict' }
      await expect(keys.put({ ...change, lease: { grantSeconds: 60 } })).rejects.toMatchObject(conflict)
      expect((await keys.range({ ...one(change.key), ...read })).entries[0]?.leaseId).toBeUndefined()
    })

    it('removes ranges at once, and tells how many keys went', async () => {
      for (const name of ['rm/a', 'rm/a/b', 'rm/a/c', 'rm/ab']) await put(name)
      const ranges = [one(toUtf8('rm/a')), prefixRange(toUtf8('rm/a/'))]
      const { deleted, revision } = await keys.remove({ ranges })
      expect(deleted).toBe(3)
      expect((await keys.remove({ ranges })).deleted).toBe(0)
      const left = await keys.range({ ...prefixRange(toUtf8('rm/')), ...read })
      expect(left.entries.map(({ key }) => toText(key))).toEqual(['rm/ab'])
      const before = String(BigInt(revision) - 1n)
      const old = await keys.range({ ...prefixRange(toUtf8('rm/')), ...read, revision: before })
      expect(old.count).toBe(4)
    })

    it('removes a key only on the revision that was named', async () => {
      const { revision } = await put('rm-cas/a')
      const ranges = [one(toUtf8('rm-cas/a'))]
      await put('rm-cas/a')
      const conflict = { code: 'revision_conflict', details: { current_revision: expect.any(String) } }
      await expect(keys.remove({ ranges, ifModRevision: revision })).rejects.toMatchObject(conflict)
      const { revision: newest } = await put('rm-cas/a')
      expect((await keys.remove({ ranges, ifModRevision: newest })).deleted).toBe(1)
    })

    it('removes nothing after any put in the ranges, and does after one outside', async () => {
      const { revision } = await put('guard/a/1')
      const ranges = [one(toUtf8('guard/a')), prefixRange(toUtf8('guard/a/'))]
      await put('guard/b')
      await put('guard/a/2')
      const refused = { code: 'revision_conflict', details: { count: 2 } }
      await expect(keys.remove({ ranges, ifUnchangedSince: revision })).rejects.toMatchObject(refused)
      const { revision: since } = await put('guard/b')
      expect((await keys.remove({ ranges, ifUnchangedSince: since })).deleted).toBe(2)
    })

    it('K28 tells a compacted revision from one that is not reached', async () => {
      const { revision } = await put('old/a')
      const { revision: head } = await put('old/a')
      const range = { ...prefixRange(toUtf8('old/')), ...read }
      expect((await keys.range({ ...range, revision })).entries[0]?.keyVersion).toBe('1')
      const ahead = String(BigInt(head) + 1_000n)
      for (const serializable of [true, false])
        await expect(keys.range({ ...range, serializable, revision: ahead })).rejects.toMatchObject({
          code: 'revision_in_future',
        })
      await world.compact(head)
      await expect(keys.range({ ...range, revision })).rejects.toMatchObject({ code: 'revision_compacted' })
      expect((await keys.range({ ...range, revision: head })).count).toBe(1)
      const scan = async () => {
        for await (const _ of keys.scan({
          from: range.from,
          to: prefixEnd(range.from),
          values: false,
          revision,
        }));
      }
      await expect(scan()).rejects.toMatchObject({ code: 'revision_compacted' })
    })

    it('may read and write everything where nothing is forbidden', async () => {
      expect(await keys.grants()).toBeUndefined()
    })

    it('rejects with the reason of an abort', async () => {
      const reason = new Error('left')
      const signal = AbortSignal.abort(reason)
      const range = prefixRange(toUtf8('abort/'))
      const scan = async () => {
        for await (const _ of keys.scan({ ...range, values: false }, { signal }));
      }
      await expect(keys.range({ ...range, ...read }, { signal })).rejects.toBe(reason)
      await expect(scan()).rejects.toBe(reason)
      const change = { key: toUtf8('abort/a'), value: toUtf8('1'), lease: 'keep' } as const
      await expect(keys.put(change, { signal })).rejects.toBe(reason)
      await expect(keys.remove({ ranges: [range] }, { signal })).rejects.toBe(reason)
      await expect(keys.leaseSeconds(['1'], { signal })).rejects.toBe(reason)
    })
  })
}

const toBytes = (given: string | Uint8Array): Uint8Array =>
  typeof given === 'string' ? toUtf8(given) : given
const toText = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)
