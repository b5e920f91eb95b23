import { toBase64 } from './base64.ts'
import type { KeyEntry } from './key-entry.ts'
import { showBytes, toText } from './show-key.ts'
import { createTreeWalk, type TreeWalk } from './walk-tree.ts'

export interface TreeWriter extends TreeWalk {
  /** The text since the last call: `{"key":…,"dir":true,"nodes":[` and what follows; after `end`, with the brackets that close it. */
  take(): string
  /** Characters that `take` would give. */
  size(): number
}

/** The whole tree, keys only, as JSON text in pieces: memory is bounded by the depth and by how often it is taken (api.md 6.3). */
export function createTreeWriter(separator: Uint8Array): TreeWriter {
  let text = `{${nameOf(separator)},"dir":true,"nodes":[`
  let isFirst = true
  const begin = () => {
    if (!isFirst) text += ','
    isFirst = false
  }
  const walk = createTreeWalk(new Uint8Array(), separator, {
    open(id, entry) {
      begin()
      text += `{${nameOf(id)},"dir":true${entry ? versionsOf(entry) : ''},"nodes":[`
      isFirst = true
    },
    key(entry) {
      begin()
      text += `{${nameOf(entry.key)},"dir":false${versionsOf(entry)}}`
    },
    close() {
      text += ']}'
      isFirst = false
    },
  })
  return {
    add: walk.add,
    end() {
      const isFolded = walk.end()
      text += ']}'
      return isFolded
    },
    take() {
      const taken = text
      text = ''
      return taken
    },
    size: () => text.length,
  }
}

function nameOf(id: Uint8Array): string {
  const text = toText(id)
  if (text !== undefined) return `"key":${JSON.stringify(text)}`
  return `"key":${JSON.stringify(showBytes(id))},"key_b64":"${toBase64(id)}"`
}

const versionsOf = ({ createRevision, modRevision, keyVersion, leaseId }: KeyEntry): string =>
  `,"createdIndex":${createRevision},"modifiedIndex":${modRevision},"version":${keyVersion}${
    leaseId === undefined ? '' : `,"lease_id":"${leaseId}"`
  }`
