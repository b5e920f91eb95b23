import { fromBase64 } from '@etcdmonitor/core/keys/base64'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { toText } from '@etcdmonitor/core/keys/show-key'
import type { KeyNodeAnswer } from '../../api/answers.ts'

/** A text field knows one line end; the one of the value is put back when it is saved. */
export interface EditableText {
  /** Lines end with LF. */
  readonly text: string
  readonly lineEnd: '\n' | '\r\n'
}

export const valueBytes = ({ value, value_b64: base64 }: KeyNodeAnswer): Uint8Array =>
  (base64 === undefined ? undefined : fromBase64(base64)) ?? toUtf8(value ?? '')

/** Undefined when a text field would not give back the same bytes: no UTF-8, or line ends of several kinds. */
export function toEditable(bytes: Uint8Array): EditableText | undefined {
  const text = toText(bytes)
  if (text === undefined) return undefined
  const lineEnd = text.includes('\r') ? '\r\n' : '\n'
  const editable = { text: text.replaceAll('\r\n', '\n'), lineEnd } as const
  return fromEditable(editable) === text && !editable.text.includes('\r') ? editable : undefined
}

export const fromEditable = ({ text, lineEnd }: EditableText): string => text.replaceAll('\n', lineEnd)
