import type { SnapshotStream } from '@etcdmonitor/core/ports/etcd-cluster'
import { describe, expect, it } from 'vitest'
import { createSnapshotTransfer } from './snapshot-transfer.ts'

const SUMMARY = { bytes: 4, sha256: 'ab'.repeat(32) }

/** Its pieces, then its end: whole, or with an error. */
function aStream(pieces: readonly string[], end: Error | typeof SUMMARY = SUMMARY): SnapshotStream {
  const verified = end instanceof Error ? Promise.reject(end) : Promise.resolve(end)
  verified.catch(() => undefined)
  return {
    totalBytes: SUMMARY.bytes,
    verified,
    async *[Symbol.asyncIterator]() {
      for (const piece of pieces) yield new TextEncoder().encode(piece)
      if (end instanceof Error) throw end
    },
  }
}

function open(stream: SnapshotStream) {
  const transfer = createSnapshotTransfer()
  const { promise: answered, resolve: answer } = Promise.withResolvers<boolean>()
  const body = transfer.toBody(stream, () => answered)
  let settled: unknown = 'not yet'
  const ended = transfer.ended.then(
    (summary) => (settled = summary),
    (error: unknown) => (settled = error),
  )
  return { transfer, text: () => new Response(body).text(), answer, ended, settled: () => settled }
}

describe('a transfer', () => {
  it('has ended when the system has taken all of it to send, not when its last bytes were made', async () => {
    const { text, transfer, answer, ended, settled } = open(aStream(['ab', 'cd']))
    expect(await text()).toBe('abcd')
    expect(transfer.sent()).toBe(4)
    expect(settled()).toBe('not yet')
    answer(true)
    expect(await ended).toEqual(SUMMARY)
  })

  it('has failed when the client leaves while its last bytes wait', async () => {
    const { text, answer, ended } = open(aStream(['ab', 'cd']))
    await text()
    answer(false)
    expect(await ended).toMatchObject({ details: { run_code: 'client_gone' } })
  })

  it('cannot be broken off any more when nothing more comes', async () => {
    const { text, transfer, answer, ended } = open(aStream(['ab', 'cd']))
    await text()
    expect(transfer.over.aborted).toBe(true)
    transfer.breakOff(new Error('too late'))
    answer(true)
    expect(await ended).toEqual(SUMMARY)
  })

  it('breaks the body with the reason it was broken off for', async () => {
    const { text, transfer, ended } = open(aStream(['ab', 'cd']))
    const why = new Error('cancelled')
    transfer.breakOff(why)
    await expect(text()).rejects.toBe(why)
    expect(await ended).toBe(why)
  })

  it('breaks the body where the stream is not whole', async () => {
    const why = new Error('not whole')
    const { text, ended } = open(aStream(['ab'], why))
    await expect(text()).rejects.toBe(why)
    expect(await ended).toBe(why)
  })
})
