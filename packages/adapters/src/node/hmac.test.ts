import { toHex, toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { expect, it } from 'vitest'
import { hmac } from './hmac.ts'

// RFC 4231, 4.2 and 4.3
it.each([
  [
    new Uint8Array(20).fill(0x0b),
    'Hi There',
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  ],
  [
    toUtf8('Jefe'),
    'what do ya want for nothing?',
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
])('is HMAC-SHA-256', (key, text, expected) => {
  expect(toHex(hmac(key, toUtf8(text)))).toBe(expected)
})
