import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { createTreeWriter } from '@etcdmonitor/core/keys/write-tree'
import type { KeyBatch } from '@etcdmonitor/core/ports/etcd-keys'

export interface TreeText {
  readonly separator: Uint8Array
  readonly maxKeys: number
  /** What stands behind the tree, once it is written. */
  readonly tail: (tree: {
    readonly count: number
    readonly truncated: boolean
    readonly folded: boolean
  }) => Readonly<Record<string, unknown>>
}

const PIECE = 16_384

/** The answer of api.md 6.3 in pieces of about 16 KiB, at the pace of who takes them. */
export async function* writeTreeText(
  batches: AsyncIterable<KeyBatch>,
  { separator, maxKeys, tail }: TreeText,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const writer = createTreeWriter(separator)
  let count = 0
  let truncated = false
  let before = '{"node":'
  for await (const { entries } of batches) {
    const room = maxKeys - count
    truncated = entries.length > room
    for (const entry of truncated ? entries.slice(0, room) : entries) {
      writer.add(entry)
      count += 1
      if (writer.size() < PIECE) continue
      yield toUtf8(before + writer.take())
      before = ''
    }
    if (truncated) break
  }
  const folded = writer.end()
  const rest = JSON.stringify(tail({ count, truncated, folded })).slice(1)
  yield toUtf8(`${before}${writer.take()},${rest}`)
}
