import { toBase64 } from './base64.ts'
import { toUtf8 } from './bytes.ts'
import { createJsonBytes, type JsonBytes } from './json-bytes.ts'
import type { KeyEntry } from './key-entry.ts'
import { showBytes, toText } from './show-key.ts'
import { createTreeWalk, type TreeWalk } from './walk-tree.ts'

export interface TreeWriter extends TreeWalk {
  /** The text since the last call: `{"key":…,"dir":true,"nodes":[` and what follows; after `end`, with the brackets that close it. */
  take(): Uint8Array<ArrayBuffer>
  /** Bytes that `take` would give. */
  size(): number
}

const ROOM = 131_072

/** The whole tree, keys only, as JSON text in pieces: memory is bounded by the depth and by how often it is taken (api.md 6.3). */
export function createTreeWriter(separator: Uint8Array): TreeWriter {
  const text = createJsonBytes(ROOM)
  let isFirst = true
  const begin = (id: Uint8Array) => {
    text.ascii(isFirst ? '{"key":' : ',{"key":')
    isFirst = false
    writeName(text, id)
  }
  begin(separator)
  text.ascii(',"dir":true,"nodes":[')
  isFirst = true
  const walk = createTreeWalk(new Uint8Array(), separator, {
    open(id, entry) {
      begin(id)
      text.ascii(',"dir":true')
      if (entry) writeVersions(text, entry)
      text.ascii(',"nodes":[')
      isFirst = true
    },
    key(entry) {
      begin(entry.key)
      text.ascii(',"dir":false')
      writeVersions(text, entry)
      text.ascii('}')
    },
    close() {
      text.ascii(']}')
      isFirst = false
    },
  })
  return {
    add: walk.add,
    end() {
      const isFolded = walk.end()
      text.ascii(']}')
      return isFolded
    },
    take: text.take,
    size: text.size,
  }
}

/** What stands behind `"key":`. */
function writeName(text: JsonBytes, id: Uint8Array): void {
  if (text.quote(id)) return
  const shown = toText(id)
  text.raw(toUtf8(JSON.stringify(shown ?? showBytes(id))))
  if (shown === undefined) text.ascii(`,"key_b64":"${toBase64(id)}"`)
}

function writeVersions(
  text: JsonBytes,
  { createRevision, modRevision, keyVersion, leaseId }: KeyEntry,
): void {
  text.ascii(',"createdIndex":')
  text.ascii(createRevision)
  text.ascii(',"modifiedIndex":')
  text.ascii(modRevision)
  text.ascii(',"version":')
  text.ascii(keyVersion)
  if (leaseId !== undefined) text.ascii(`,"lease_id":"${leaseId}"`)
}
