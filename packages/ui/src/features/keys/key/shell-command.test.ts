import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { expect, it } from 'vitest'
import { getCommand } from './shell-command.ts'

it.each([
  ['/registry/pods/web-1', 'etcdctl get /registry/pods/web-1'],
  ['a b', "etcdctl get 'a b'"],
  ["it's; rm -rf $HOME `x`", "etcdctl get 'it'\\''s; rm -rf $HOME `x`'"],
  ['-rev', 'etcdctl get -- -rev'],
  ['é', "etcdctl get 'é'"],
  ["a\n'\\", "etcdctl get $'a\\x0a\\'\\\\'"],
  ['\u202ex', "etcdctl get $'\\xe2\\x80\\xaex'"],
] as const)('%j is read by %s', (key, command) => {
  expect(getCommand(toUtf8(key))).toBe(command)
})

it('bytes are written as bytes, and a zero byte cannot be', () => {
  expect(getCommand(Uint8Array.of(0x2f, 0xff))).toBe("etcdctl get $'/\\xff'")
  expect(getCommand(Uint8Array.of(0x2f, 0))).toBeUndefined()
})
