import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type SnapshotMessage, verifySnapshot } from './verify-snapshot.ts'

const database = (pages: number): Uint8Array =>
  Uint8Array.from({ length: pages * 512 }, (_, i) => (i * 7 + 3) % 251)
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()

/** As etcd sends it: chunks of the database, then one message with the hash. */
function messages(bytes: Uint8Array, chunk: number, hash: Uint8Array = hashOf(bytes)): SnapshotMessage[] {
  const parts: SnapshotMessage[] = []
  for (let from = 0; from < bytes.length; from += chunk) {
    const blob = bytes.subarray(from, from + chunk)
    parts.push({ blob, remaining_bytes: String(bytes.length - from - blob.length) })
  }
  return [...parts, { blob: hash, remaining_bytes: '0' }]
}

async function* sent(parts: readonly SnapshotMessage[], end?: Error): AsyncGenerator<SnapshotMessage> {
  yield* parts
  if (end) throw end
}

function open([first, ...rest]: readonly SnapshotMessage[], end?: Error) {
  if (!first) throw new Error('no message')
  return verifySnapshot(first, sent(rest, end))
}

/** What came, and why it ended. */
async function read(stream: AsyncIterable<Uint8Array>): Promise<{ bytes: Uint8Array; error?: unknown }> {
  const parts: Uint8Array[] = []
  try {
    for await (const part of stream) parts.push(Uint8Array.from(part))
  } catch (error) {
    return { bytes: Buffer.concat(parts), error }
  }
  return { bytes: Buffer.concat(parts) }
}

it('passes on what etcd sends, however it is cut, and says what it was', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 1_100 }),
      async (pages, chunk) => {
        const bytes = database(pages)
        const stream = open(messages(bytes, chunk))
        expect(stream.totalBytes).toBe(pages * 512 + 32)
        const { bytes: got, error } = await read(stream)
        expect(error).toBeUndefined()
        expect(got).toEqual(Buffer.concat([bytes, hashOf(bytes)]))
        expect(await stream.verified).toEqual({
          bytes: pages * 512 + 32,
          sha256: hashOf(bytes).toString('hex'),
        })
      },
    ),
    { numRuns: 40 },
  )
})

const bytes = database(4)
const flipped = Uint8Array.from(bytes, (byte, i) => (i === 900 ? byte ^ 1 : byte))
const whole = messages(bytes, 600)

it.each<[string, readonly SnapshotMessage[], RegExp]>([
  ['a flipped bit', messages(flipped, 600, hashOf(bytes)), /SHA-256/],
  ['no hash', whole.slice(0, -1), /2048 of 2080 bytes came/],
  ['a missing chunk', whole.toSpliced(1, 1), /1480 of 2080 bytes came/],
  [
    'something after the hash',
    [...whole, { blob: new Uint8Array(1), remaining_bytes: '0' }],
    /longer than the 2080/,
  ],
  ['a database of no whole pages', messages(bytes.subarray(0, 1_000), 600), /1032 bytes are no whole pages/],
])('never passes on the last 32 bytes of a stream with %s', async (_, parts, why) => {
  const stream = open(parts)
  const { bytes: got, error } = await read(stream)
  expect(error).toMatchObject({ code: 'etcd_corrupt', message: expect.stringMatching(why) })
  expect(got.length).toBeLessThanOrEqual(stream.totalBytes - 32)
  await expect(stream.verified).rejects.toBe(error)
})

it('ends with the failure of the stream', async () => {
  const lost = new Error('connection lost')
  const stream = open(whole.slice(0, 2), lost)
  expect(await read(stream)).toMatchObject({ error: lost })
  await expect(stream.verified).rejects.toBe(lost)
})

it('is not verified when it is left before its end', async () => {
  const stream = open(whole)
  for await (const part of stream) if (part.length > 0) break
  await expect(stream.verified).rejects.toMatchObject({ code: 'etcd_corrupt' })
})
