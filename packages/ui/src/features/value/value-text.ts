import { fromBase64 } from '@etcdmonitor/core/keys/base64'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import type { KeyNodeAnswer } from '../../api/answers.ts'

export const valueBytes = ({ value, value_b64: base64 }: KeyNodeAnswer): Uint8Array =>
  (base64 === undefined ? undefined : fromBase64(base64)) ?? toUtf8(value ?? '')

export type LineEnds = 'none' | 'lf' | 'crlf' | 'cr' | 'mixed'

/** Looks for each of them, and lists none: a large text has as many as it has lines. */
export function lineEndsOf(text: string): LineEnds {
  const found = [
    ...(/(?<!\r)\n/.test(text) ? (['lf'] as const) : []),
    ...(text.includes('\r\n') ? (['crlf'] as const) : []),
    ...(/\r(?!\n)/.test(text) ? (['cr'] as const) : []),
  ]
  return found.length > 1 ? 'mixed' : (found[0] ?? 'none')
}

/** Whether some line has more characters than `limit`. */
export function hasLongLine(text: string, limit: number): boolean {
  for (let from = 0; text.length - from > limit; ) {
    const end = text.indexOf('\n', from)
    if (end < 0 || end - from > limit) return true
    from = end + 1
  }
  return false
}
