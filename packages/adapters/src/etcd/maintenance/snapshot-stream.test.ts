import { createHash } from 'node:crypto'
import { failureIn } from '@etcdmonitor/core/etcd/fail-call'
import type { EtcdCluster } from '@etcdmonitor/core/ports/etcd-cluster'
import { toSecret } from '@etcdmonitor/core/secret'
import * as grpc from '@grpc/grpc-js'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../node/clock.ts'
import { always, denied, HEADER, imitateEtcd, MEMBER, STATUS } from '../imitate-etcd.contract.ts'
import { FRESH, openClient } from '../open-client.contract.ts'
import type { SnapshotMessage } from './verify-snapshot.ts'

type Stream = grpc.ServerWritableStream<object, SnapshotMessage>

const CHUNK = 32_768
const DATABASE = Buffer.alloc(8 * CHUNK, 'etcd')
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()

/** As etcd sends a database. */
function* messages(bytes: Buffer): Generator<SnapshotMessage> {
  for (let at = 0; at < bytes.length; at += CHUNK) {
    const blob = bytes.subarray(at, at + CHUNK)
    yield { blob, remaining_bytes: String(bytes.length - at - blob.length) }
  }
  yield { blob: hashOf(bytes), remaining_bytes: '0' }
}

const imitate = (send: (stream: Stream) => void, status: object = STATUS) =>
  imitateEtcd({
    Maintenance: { Status: always(status), Snapshot: send as grpc.UntypedHandleCall },
    Cluster: { MemberList: always({ header: HEADER, members: [MEMBER] }) },
    Auth: { Authenticate: always(logIn) },
  })
let logins = 0
function logIn() {
  logins += 1
  return { token: `t.${logins}` }
}

async function openAt(url: string, over: Partial<Parameters<typeof openClient>[0]> = {}) {
  const client = openClient({ endpoints: [url], ...over })
  await client.view(FRESH)
  return client
}

/** How many bytes came, and why it ended. */
async function read(client: EtcdCluster, signal?: AbortSignal) {
  let bytes = 0
  try {
    const stream = await client.snapshot(MEMBER.ID, signal && { signal })
    const { totalBytes } = stream
    try {
      for await (const chunk of stream) bytes += chunk.length
      return { bytes, totalBytes, summary: await stream.verified }
    } catch (error) {
      await expect(stream.verified).rejects.toBe(error)
      return { bytes, totalBytes, error }
    }
  } catch (error) {
    return { bytes, error }
  }
}

const fail = (stream: Stream, error: { readonly code: grpc.status; readonly details: string }) =>
  stream.emit('error', error)

const all = [...messages(DATABASE)]
const [first = { blob: DATABASE, remaining_bytes: '0' }] = all
const flipped = all.map((message, at) =>
  at === 3 ? { ...message, blob: Buffer.from(message.blob).fill(0, 5, 6) } : message,
)
const longer = [
  ...all.slice(0, -1),
  { blob: Buffer.concat([hashOf(DATABASE), Buffer.of(0)]), remaining_bytes: '0' },
]

describe('ET5 a snapshot', () => {
  it('comes whole', async () => {
    await using impostor = await imitate((stream) => {
      for (const message of all) stream.write(message)
      stream.end()
    })
    await using client = await openAt(impostor.url)
    const total = DATABASE.length + 32
    expect(await read(client)).toEqual({
      bytes: total,
      totalBytes: total,
      summary: { bytes: total, sha256: hashOf(DATABASE).toString('hex') },
    })
  })

  it.each<[string, readonly SnapshotMessage[], RegExp]>([
    ['that ends at half', all.slice(0, 4), /bytes came/],
    ['with a changed byte', flipped, /SHA-256/],
    ['without its last 32 bytes', all.slice(0, -1), /bytes came/],
    ['that is a byte longer', longer, /longer than/],
  ])('%s is not whole, and its last 32 bytes do not come', async (_, sent, why) => {
    await using impostor = await imitate((stream) => {
      for (const message of sent) stream.write(message)
      stream.end()
    })
    await using client = await openAt(impostor.url)
    const { bytes, totalBytes = 0, error } = await read(client)
    expect(error).toMatchObject({ code: 'etcd_corrupt', message: expect.stringMatching(why) })
    expect(failureIn(error)).toBeUndefined()
    expect(bytes).toBeLessThanOrEqual(totalBytes - 32)
  })

  it('that etcd breaks off ends with what etcd says', async () => {
    await using impostor = await imitate((stream) => {
      for (const message of all.slice(0, 4)) stream.write(message)
      fail(stream, { code: grpc.status.DATA_LOSS, details: 'etcdserver: corrupt cluster' })
    })
    await using client = await openAt(impostor.url)
    const { error } = await read(client)
    expect(error).toMatchObject({ code: 'etcd_corrupt' })
    expect(failureIn(error)).toMatchObject({ kind: 'corrupt', method: 'Maintenance.Snapshot', sent: true })
  })

  it('that is refused is refused before the first byte', async () => {
    await using impostor = await imitate((stream) => fail(stream, denied))
    await using client = await openAt(impostor.url)
    await expect(client.snapshot(MEMBER.ID)).rejects.toMatchObject({ code: 'permission_denied' })
  })

  it('that ends before its first byte is no answer', async () => {
    await using impostor = await imitate((stream) => stream.end())
    await using client = await openAt(impostor.url)
    await expect(client.snapshot(MEMBER.ID)).rejects.toMatchObject({ code: 'etcd_timeout' })
  })

  it('is not asked for where another member answers', async () => {
    let asked = 0
    const other = { ...STATUS, header: { ...HEADER, member_id: '5' } }
    let status: object = STATUS
    await using impostor = await imitateEtcd({
      Maintenance: {
        Status: always(() => status),
        Snapshot: ((stream: Stream) => {
          asked += 1
          stream.end()
        }) as grpc.UntypedHandleCall,
      },
      Cluster: { MemberList: always({ header: HEADER, members: [MEMBER] }) },
    })
    await using client = await openAt(impostor.url)
    status = other
    const error = await client.snapshot(MEMBER.ID).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'member_unreachable' })
    expect(failureIn(error)).toMatchObject({ kind: 'wrong_member', message: `is member 5, not ${MEMBER.ID}` })
    expect(asked).toBe(0)
  })

  it('ends the call at once when it is left, also after its first chunk, and when the cluster is closed', async () => {
    const { promise: cancelled, resolve } = Promise.withResolvers<void>()
    let open = 0
    await using impostor = await imitate((stream) => {
      open += 1
      stream.on('cancelled', () => {
        open -= 1
        resolve()
      })
      for (const message of all.slice(0, 2)) stream.write(message) // a message waits for the next one
    })
    const client = await openAt(impostor.url)
    for await (const chunk of await client.snapshot(MEMBER.ID)) if (chunk.length > 0) break
    await cancelled
    await expect.poll(() => open).toBe(0)
    const reason = new Error('left')
    const leaving = new AbortController()
    const reading = read(client, leaving.signal)
    await expect.poll(() => open).toBe(1)
    leaving.abort(reason)
    expect(await reading).toMatchObject({ error: reason })
    await expect.poll(() => open).toBe(0)
    const last = read(client)
    await expect.poll(() => open).toBe(1)
    await client[Symbol.asyncDispose]()
    expect(await last).toMatchObject({ error: { code: 'shutting_down' } })
    await expect.poll(() => open).toBe(0)
  })

  it.each([
    ['15 s without a message', 15_000, 'no message in 15000 ms'],
    ['an hour', 3_600_000, 'longer than 3600000 ms'],
  ])('that takes longer than %s is given up', async (_, ms, message) => {
    // a wait of about so long passes in a moment, all others go on
    let skipped = 0
    const clock = {
      ...systemClock,
      monotonic: () => systemClock.monotonic() + skipped,
      async sleep(asked: number, signal: AbortSignal) {
        const isMeant = Math.abs(asked - ms) < 100
        await systemClock.sleep(isMeant ? 50 : asked, signal)
        if (isMeant) skipped += asked
      },
    }
    let cancelled = false
    await using impostor = await imitate((stream) => {
      stream.on('cancelled', () => {
        cancelled = true
      })
      stream.write(first)
    })
    await using client = await openAt(impostor.url, { clock })
    const { error } = await read(client)
    expect(error).toMatchObject({ code: 'etcd_timeout' })
    expect(failureIn(error)).toMatchObject({ kind: 'deadline', message })
    await expect.poll(() => cancelled).toBe(true)
  })

  it('stops the member while nobody reads', async () => {
    const total = 4_096
    let written = 0
    await using impostor = await imitate((stream) => {
      const blob = Buffer.alloc(CHUNK)
      const write = () => {
        while (written < total) {
          written += 1
          if (!stream.write({ blob, remaining_bytes: String((total - written) * CHUNK) })) {
            stream.once('drain', write)
            return
          }
        }
      }
      write()
    })
    await using client = await openAt(impostor.url)
    const stream = await client.snapshot(MEMBER.ID)
    expect(stream.totalBytes).toBe(total * CHUNK + 32)
    let before = -1
    const hasStopped = () => {
      const isSame = before === written
      before = written
      return isSame
    }
    await expect.poll(hasStopped, { interval: 200 }).toBe(true)
    // two windows of 1 MiB, and what lies in sockets and queues on both sides; not the 128 MiB
    expect(written * CHUNK).toBeLessThan(16_000_000)
    for await (const chunk of stream) if (chunk.length > 0) break
  })

  it('logs in anew for a stream when the token is older than a minute', async () => {
    let now = 0
    const clock = { ...systemClock, monotonic: () => systemClock.monotonic() + now }
    const tokens: (string | undefined)[] = []
    await using impostor = await imitate((stream) => {
      tokens.push(stream.metadata.get('token')[0]?.toString())
      for (const message of all) stream.write(message)
      stream.end()
    })
    logins = 0
    const user = { username: 'root', password: toSecret('p'), clock }
    await using client = await openAt(impostor.url, user)
    for (const ms of [0, 59_000, 61_000]) {
      now += ms
      expect(await read(client)).toMatchObject({ bytes: DATABASE.length + 32 })
    }
    expect(tokens).toEqual(['t.1', 't.1', 't.2'])
  })

  it('logs in once where etcd refuses the token of the stream', async () => {
    const tokens: (string | undefined)[] = []
    await using impostor = await imitate((stream) => {
      tokens.push(stream.metadata.get('token')[0]?.toString())
      if (tokens.length === 1) {
        // as etcd 3.4 says it
        fail(stream, { code: grpc.status.UNKNOWN, details: 'etcdserver: invalid auth token' })
        return
      }
      for (const message of all) stream.write(message)
      stream.end()
    })
    logins = 0
    await using client = await openAt(impostor.url, { username: 'root', password: toSecret('p') })
    expect(await read(client)).toMatchObject({ bytes: DATABASE.length + 32 })
    expect(tokens).toEqual(['t.1', 't.2'])
  })
})
