import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { expect, it } from 'vitest'
import { valueParams } from './put-body.ts'

it('a value is sent as text, unless it is none or its escapes would make it larger than base64', () => {
  expect(valueParams(toUtf8('{"a": 1}\r\n'))).toEqual({ value: '{"a": 1}\r\n' })
  expect(valueParams(toUtf8(''))).toEqual({ value: '' })
  expect(valueParams(Uint8Array.of(0xff))).toEqual({ value_b64: '/w==' })
  expect(valueParams(toUtf8('\0'.repeat(1_000)))).toHaveProperty('value_b64')
})
