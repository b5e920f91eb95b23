import { fromBase64, toBase64 } from '@etcdmonitor/core/keys/base64'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { toText } from '@etcdmonitor/core/keys/show-key'

/** What is shown beside the tree. */
export interface KeySelection {
  /** Exact bytes, at least one. */
  readonly key: Uint8Array
  /** The directory of that name is meant, not the key. */
  readonly isDirectory: boolean
}

/** A longer link would not pass every proxy. */
const MAX_URL = 6_144

export interface ParsedKeysUrl {
  readonly selection: KeySelection | undefined
  /** Values that could not be used, as `name=value`. */
  readonly rejected: readonly string[]
}

/** Never fails: what is wrong is left out and named. */
export function parseKeysUrl(search: string): ParsedKeysUrl {
  const params = new URLSearchParams(search)
  const base64 = params.get('key_b64')
  const key = base64 === null ? toUtf8(params.get('key') ?? '') : fromBase64Url(base64)
  if (!key) return { selection: undefined, rejected: [`key_b64=${(base64 ?? '').slice(0, 64)}`] }
  if (key.length === 0) return { selection: undefined, rejected: [] }
  return { selection: { key, isDirectory: params.get('dir') === '1' }, rejected: [] }
}

/** Undefined when the key is too long for a link. */
export function printKeysUrl(selection: KeySelection | undefined): string | undefined {
  if (!selection) return ''
  const text = toText(selection.key)
  const params = new URLSearchParams(
    text === undefined ? { key_b64: toBase64Url(selection.key) } : { key: text },
  )
  if (selection.isDirectory) params.set('dir', '1')
  const url = `?${params}`
  return url.length > MAX_URL ? undefined : url
}

const toBase64Url = (bytes: Uint8Array): string =>
  toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

function fromBase64Url(text: string): Uint8Array | undefined {
  const standard = text.replaceAll('-', '+').replaceAll('_', '/')
  return fromBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, '='))
}
