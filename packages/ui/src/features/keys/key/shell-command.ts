import { toText } from '@etcdmonitor/core/keys/show-key'

/** Nothing of a shell's in it. */
const PLAIN = /^[\w@%+=:,./-]+$/
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** What reads the key on a command line; undefined: no argument of a program can hold a zero byte. */
export function getCommand(key: Uint8Array): string | undefined {
  if (key.includes(0)) return undefined
  const isOption = key[0] === 0x2d // a hyphen
  return `etcdctl get ${isOption ? '-- ' : ''}${quote(key)}`
}

function quote(key: Uint8Array): string {
  const text = toText(key)
  if (text === undefined || UNSEEN.test(text)) return `$'${[...key].map(escapeByte).join('')}'`
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

function escapeByte(byte: number): string {
  const character = String.fromCharCode(byte)
  if (character === "'" || character === '\\') return `\\${character}`
  return byte >= 0x20 && byte < 0x7f ? character : `\\x${byte.toString(16).padStart(2, '0')}`
}
