import { concatBytes, toUtf8 } from '@etcdmonitor/core/keys/bytes'
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

const PIECE = 65_536

/** The answer of api.md 6.3 in pieces of about 64 KiB, at the pace of who takes them. */
export async function* writeTreeText(
  batches: AsyncIterable<KeyBatch>,
  { separator, maxKeys, tail }: TreeText,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const writer = createTreeWriter(separator)
  let count = 0
  let truncated = false
  let head = toUtf8('{"node":')
  const take = () => {
    const piece = head.length > 0 ? concatBytes(head, writer.take()) : writer.take()
    head = toUtf8('')
    return piece
  }
  for await (const { entries } of batches) {
    const room = maxKeys - count
    truncated = entries.length > room
    for (const entry of truncated ? entries.slice(0, room) : entries) {
      writer.add(entry)
      count += 1
      if (writer.size() >= PIECE) yield take()
    }
    if (truncated) break
  }
  const folded = writer.end()
  const rest = JSON.stringify(tail({ count, truncated, folded })).slice(1)
  yield take()
  yield toUtf8(`,${rest}`)
}
