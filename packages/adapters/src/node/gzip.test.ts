import { expect, it } from 'vitest'
import { gzipStream } from './gzip.ts'

const PIECE = new TextEncoder().encode('{"key":"/a","dir":false},'.repeat(1_000))

/** `count` pieces and then what `end` does; `seen` is told of the pieces that were taken and of a reader that left. */
function pieces(count: number, end: (controller: ReadableStreamDefaultController) => void) {
  const seen = { taken: 0, hasLeft: false }
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        if (seen.taken === count) return end(controller)
        seen.taken += 1
        controller.enqueue(PIECE)
      },
      cancel() {
        seen.hasLeft = true
      },
    },
    { highWaterMark: 1 },
  )
  return { stream, seen }
}

it('compresses what comes as a stream', async () => {
  const { stream } = pieces(40, (controller) => controller.close())
  const unpacked = stream.pipeThrough(gzipStream()).pipeThrough(new DecompressionStream('gzip'))
  const text = await new Response(unpacked).text()
  expect(text).toBe(new TextDecoder().decode(PIECE).repeat(40))
})

it('breaks where the stream breaks: it never looks like a clean end', async () => {
  const { stream } = pieces(40, (controller) => controller.error(new Error('etcd died')))
  await expect(new Response(stream.pipeThrough(gzipStream())).bytes()).rejects.toThrow('etcd died')
})

it('takes no more than it can give away, and tells that the reader has left', async () => {
  const { stream, seen } = pieces(100_000, (controller) => controller.close())
  const reader = stream.pipeThrough(gzipStream()).getReader()
  await reader.read()
  await new Promise((resolve) => setImmediate(resolve))
  expect(seen.taken).toBeLessThan(10_000)
  await reader.cancel()
  await expect.poll(() => seen.hasLeft).toBe(true)
})
