import { toBase64 } from '@etcdmonitor/core/keys/base64'
import { toText } from '@etcdmonitor/core/keys/show-key'
import { type Draft, type DraftBase, ttlOf } from '../drafts/drafts.ts'
import { keyParams } from '../key-name.ts'

/** A save as the API takes it (api.md 6.7). */
export const putBody = (name: Uint8Array, draft: Draft, { modRevision, dataSince }: DraftBase) => ({
  ...keyParams(name),
  ...valueParams(draft.content.bytes()),
  ttl: ttlOf(draft),
  mod_revision: modRevision,
  data_since: dataSince,
})

/** As text unless it is none, or its escapes made it longer than base64: what the API takes is limited by base64. */
export function valueParams(bytes: Uint8Array): { readonly value: string } | { readonly value_b64: string } {
  const text = toText(bytes)
  return text === undefined || JSON.stringify(text).length > (bytes.length * 4) / 3 + 64
    ? { value_b64: toBase64(bytes) }
    : { value: text }
}
