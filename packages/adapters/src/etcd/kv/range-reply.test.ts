import { createRequire } from 'node:module'
import path from 'node:path'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import { expect, it } from 'vitest'
import { readRangeReply } from './range-reply.ts'

const root = new protobuf.Root()
root.resolvePath = (from, to) => (from ? path.join(path.dirname(from), to) : to)
root.loadSync(createRequire(import.meta.url).resolve('etcd3/proto/rpc.proto'), { keepCase: true })
const RangeResponse = root.lookupType('etcdserverpb.RangeResponse')

const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String)
const int63 = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String)
const bytes = fc.uint8Array({ maxLength: 300 })

const reply = fc.record({
  header: fc.record({ cluster_id: uint64, member_id: uint64, revision: int63, raft_term: uint64 }),
  kvs: fc.array(
    fc.record({
      key: bytes,
      create_revision: int63,
      mod_revision: int63,
      version: int63,
      value: bytes,
      lease: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    }),
    { maxLength: 12 },
  ),
  more: fc.boolean(),
  count: fc.nat({ max: 2 ** 31 - 1 }),
})

/** What protobufjs reads, in our words. */
function decode(encoded: Uint8Array) {
  const { header, kvs, more, count } = RangeResponse.toObject(RangeResponse.decode(encoded), {
    longs: String,
    defaults: true,
  })
  return {
    clusterId: header?.cluster_id ?? '0',
    memberId: header?.member_id ?? '0',
    revision: header?.revision ?? '0',
    more,
    count: Number(count),
    entries: kvs.map((kv: Record<string, string>) => ({
      key: plain(kv.key),
      createRevision: kv.create_revision,
      modRevision: kv.mod_revision,
      keyVersion: kv.version,
      value: plain(kv.value),
      ...(kv.lease !== '0' && { leaseId: kv.lease }),
    })),
  }
}

const plain = (some: unknown) => [...((some as Uint8Array | undefined) ?? [])]

function read(encoded: Uint8Array) {
  const { clusterId, memberId, revision, more, count, length, slice } = readRangeReply(encoded, true)
  const entries = slice(0, length).map((entry) => ({
    ...entry,
    key: plain(entry.key),
    value: plain(entry.value),
  }))
  return { clusterId, memberId, revision, more, count, entries }
}

it('ET25 reads what protobufjs reads', () => {
  const numRuns = process.env.TEST_SUITE === 'full' ? 20_000 : 1_000
  fc.assert(
    fc.property(reply, (some) => {
      const encoded = RangeResponse.encode(RangeResponse.fromObject(some)).finish()
      expect(read(encoded)).toEqual(decode(encoded))
    }),
    { numRuns },
  )
})

it('ET25 reads of mutated bytes the same, or refuses them cleanly', () => {
  const mutated = fc.tuple(reply, fc.nat(), fc.nat({ max: 255 }), fc.nat({ max: 3 }))
  let refused = 0
  fc.assert(
    fc.property(mutated, ([some, at, value, cut]) => {
      const whole = RangeResponse.encode(RangeResponse.fromObject(some)).finish()
      const encoded = whole.slice(0, whole.length - cut)
      if (encoded.length > 0) encoded[at % encoded.length] = value
      try {
        read(encoded)
      } catch (error) {
        refused += 1
        expect(error).toBeInstanceOf(RangeError)
      }
    }),
    { numRuns: 2_000 },
  )
  expect(refused).toBeGreaterThan(100)
})

it('skips fields that a later etcd may add', () => {
  const encoded = protobuf.Writer.create()
    .uint32((9 << 3) | 2)
    .string('new')
    .uint32((10 << 3) | 1)
    .fixed64(7)
    .uint32((11 << 3) | 5)
    .fixed32(7)
    .uint32((4 << 3) | 0)
    .int64(3)
    .finish()
  expect(readRangeReply(encoded, false).count).toBe(3)
})
