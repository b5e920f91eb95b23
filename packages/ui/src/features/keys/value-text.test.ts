import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { expect, it } from 'vitest'
import { fromEditable, toEditable, valueBytes } from './value-text.ts'

it.each(['', 'a', 'a\nb\n', 'a\r\nb\r\n', '\ufeff{"a":1.0}', '<script>\u0000'])(
  '%j is edited exactly',
  (text) => {
    const editable = toEditable(toUtf8(text))
    expect(editable && fromEditable(editable)).toBe(text)
    expect(editable?.text).not.toContain('\r')
  },
)

it('an added line ends as the others do', () => {
  expect(toEditable(toUtf8('a\r\nb'))).toEqual({ text: 'a\nb', lineEnd: '\r\n' })
  expect(fromEditable({ text: 'a\nb\nc', lineEnd: '\r\n' })).toBe('a\r\nb\r\nc')
})

it.each(['a\rb', 'a\r\nb\nc', 'a\r\r\nb'])('%j is not edited: its line ends would be lost', (text) => {
  expect(toEditable(toUtf8(text))).toBeUndefined()
})

it('bytes that are no UTF-8 are not edited as text', () => {
  expect(toEditable(Uint8Array.of(0xff))).toBeUndefined()
  expect(valueBytes({ key: 'a', dir: false, encoding: 'base64', value_b64: '/w==' })).toEqual(
    Uint8Array.of(0xff),
  )
  expect(valueBytes({ key: 'a', dir: false, encoding: 'utf8', value: '' })).toHaveLength(0)
})
