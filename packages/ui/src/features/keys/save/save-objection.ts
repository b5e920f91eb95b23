import { toText } from '@etcdmonitor/core/keys/show-key'
import { formatJson, type JsonFault } from '../../value/format-json.ts'
import type { ValueContent } from '../../value/value-content.ts'
import type { ValueType } from '../../value/value-type.ts'

export type SaveObjection =
  | { readonly kind: 'json'; readonly fault: JsonFault }
  /** Half of a character that UTF-16 writes as two: UTF-8 has no bytes for it. */
  | { readonly kind: 'half_character' }

/** What should be said once before it is saved; etcd itself takes any bytes. */
export function saveObjection(content: ValueContent, type: ValueType): SaveObjection | undefined {
  if (content.editor?.sliceDoc().isWellFormed() === false) return { kind: 'half_character' }
  const text = type === 'json' && !content.isStored ? toText(content.bytes()) : undefined
  if (!text) return undefined // empty is no JSON, and no mistake
  const done = formatJson(text)
  return 'fault' in done ? { kind: 'json', fault: done.fault } : undefined
}
