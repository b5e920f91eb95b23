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

const APIS = ['v3', 'v2'] as const
const VIEWS = ['tree', 'list', 'search'] as const
const FIELDS = ['key', 'value'] as const
export type KeysView = (typeof VIEWS)[number]

/** What the page shows. */
export interface KeysPlace {
  readonly api: (typeof APIS)[number]
  readonly view: KeysView
  readonly selection: KeySelection | undefined
  /** What all keys begin with that are shown. */
  readonly at: Uint8Array
  /** What is searched for; `''`: nothing. */
  readonly q: string
  /** What of a key is searched. */
  readonly field: (typeof FIELDS)[number]
  readonly isCased: boolean
}

/** A longer link would not pass every proxy. */
const MAX_URL = 6_144
/** Bytes; the API searches for no more. */
const MAX_QUERY = 256

export interface ParsedKeysUrl {
  readonly place: KeysPlace
  /** Values that could not be used, as `name=value`. */
  readonly rejected: readonly string[]
}

/** Never fails: what is wrong is left out and named. */
export function parseKeysUrl(search: string): ParsedKeysUrl {
  const params = new URLSearchParams(search)
  const rejected: string[] = []
  const reject = (name: string) => rejected.push(`${name}=${(params.get(name) ?? '').slice(0, 64)}`)
  const oneOf = <T extends string>(name: string, values: readonly [T, ...T[]]): T => {
    const given = params.get(name)
    const found = values.find((value) => value === given)
    if (given !== null && found === undefined) reject(name)
    return found ?? values[0]
  }
  const bytes = (name: string): Uint8Array => {
    const base64 = params.get(`${name}_b64`)
    if (base64 === null) return toUtf8(params.get(name) ?? '')
    const found = fromBase64Url(base64)
    if (!found) reject(`${name}_b64`)
    return found ?? new Uint8Array()
  }
  const api = oneOf('api', APIS)
  const view = oneOf('view', VIEWS)
  const key = bytes('key')
  const isDirectory = oneOf('dir', ['0', '1']) === '1'
  const at = bytes('at')
  const asked = params.get('q') ?? ''
  const isTooLong = toUtf8(asked).length > MAX_QUERY
  if (isTooLong) reject('q')
  const place = {
    api,
    view,
    selection: key.length === 0 ? undefined : { key, isDirectory },
    at,
    q: isTooLong ? '' : asked,
    field: oneOf('in', FIELDS),
    isCased: oneOf('case', ['0', '1']) === '1',
  }
  return { place, rejected }
}

/** With a question mark, or empty. Undefined when it would be too long for a link. */
export function printKeysUrl({ api, view, selection, at, q, field, isCased }: KeysPlace): string | undefined {
  const params = new URLSearchParams()
  if (api !== 'v3') params.set('api', api)
  if (view !== 'tree') params.set('view', view)
  if (selection) setBytes(params, 'key', selection.key)
  if (selection?.isDirectory) params.set('dir', '1')
  if (at.length > 0) setBytes(params, 'at', at)
  if (q !== '') params.set('q', q)
  if (field !== 'key') params.set('in', field)
  if (isCased) params.set('case', '1')
  const url = params.size === 0 ? '' : `?${params}`
  return url.length > MAX_URL ? undefined : url
}

function setBytes(params: URLSearchParams, name: string, bytes: Uint8Array): void {
  const text = toText(bytes)
  if (text === undefined) params.set(`${name}_b64`, toBase64Url(bytes))
  else params.set(name, text)
}

const toBase64Url = (bytes: Uint8Array): string =>
  toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

function fromBase64Url(text: string): Uint8Array | undefined {
  const standard = text.replaceAll('-', '+').replaceAll('_', '/')
  return fromBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, '='))
}
