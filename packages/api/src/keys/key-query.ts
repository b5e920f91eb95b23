import { AppError } from '@etcdmonitor/core/errors'
import { fromBase64 } from '@etcdmonitor/core/keys/base64'
import { concatBytes, startsWith, toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { z } from '@hono/zod-openapi'
import { item, WholeNumber } from '../http/query-forms.ts'
import { invalidRequest, toItem, type ValidationItem } from '../http/validation-items.ts'

export const MAX_KEY = 8_192

export const Base64Text = z
  .string()
  .refine((text) => fromBase64(text) !== undefined, item('invalid_base64', 'no standard base64 with padding'))
  .openapi({ format: 'byte' })

export const RevisionQuery = WholeNumber.refine(
  (number) => number >= 1 && Number.isSafeInteger(number),
  item('out_of_range', 'no revision of 1 or more'),
)
  .transform(String)
  .optional()
  .openapi({ type: 'integer', description: 'absent: current' })

export const EncodingQuery = z
  .enum(['auto', 'base64'])
  .default('auto')
  .openapi({ description: 'auto: text where the bytes are UTF-8' })

export const limitQuery = (max: number, fallback: number) =>
  WholeNumber.refine((number) => number >= 1 && number <= max, item('out_of_range', `not from 1 to ${max}`))
    .default(fallback)
    .openapi({ type: 'integer', description: `1 to ${max}` })

export const flagQuery = () =>
  z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true')
    .openapi({ type: 'boolean' })

/** There is one cluster in this version. */
export const tabShape = { tab_id: z.string().optional().openapi({ description: 'absent or default' }) }

export const cursorShape = {
  cursor: z
    .string()
    .max(4_096)
    .optional()
    .openapi({ description: 'of the answer before; with the same parameters' }),
}

export const keyShape = { key: z.string().optional(), key_b64: Base64Text.optional() }
export const prefixShape = { prefix: z.string().optional(), prefix_b64: Base64Text.optional() }

/** @throws AppError `tab_not_found` */
export function checkTab(tab: string | undefined): void {
  if (tab !== undefined && tab !== '' && tab !== 'default')
    throw new AppError('tab_not_found', 'there is one cluster here, named default')
}

export interface BytesFields {
  /** Name of the text member; the other ends in `_b64`. */
  readonly name: string
  readonly text?: string | undefined
  readonly base64?: string | undefined
}

type Place = ValidationItem['in']

/** What one of both forms says; `undefined`: none was given. @throws AppError `validation_failed` */
export function toBytes({ name, text, base64 }: BytesFields, place: Place): Uint8Array | undefined {
  if (text !== undefined && base64 !== undefined)
    throw invalidRequest([toItem(place, [name], 'exactly_one_of')])
  if (base64 !== undefined) return fromBase64(base64)
  return text === undefined ? undefined : toUtf8(text)
}

interface KeyFields {
  readonly key?: string | undefined
  readonly key_b64?: string | undefined
}

/** The exact key. @throws AppError `validation_failed` */
export function toKey({ key, key_b64: base64 }: KeyFields, place: Place): Uint8Array {
  const bytes = toBytes({ name: 'key', text: key, base64 }, place)
  if (bytes === undefined || bytes.length === 0)
    throw invalidRequest([toItem(place, ['key'], 'required')], 'key is required')
  return checkLength(bytes, 'key', place)
}

export function checkLength(bytes: Uint8Array, name: string, place: Place): Uint8Array {
  if (bytes.length > MAX_KEY)
    throw invalidRequest([toItem(place, [name], 'too_long', `longer than ${MAX_KEY} bytes`)])
  return bytes
}

/** A directory that is asked for. */
export interface Directory {
  /** Of the keys in it; empty: the root. */
  readonly prefix: Uint8Array
  /** Its node. Of the root and of the prefix that is the separator alone it is empty, and no key. */
  readonly id: Uint8Array
  /** What its node is shown as. */
  readonly shown: Uint8Array
}

interface DirectoryFields extends KeyFields {
  readonly prefix?: string | undefined
  readonly prefix_b64?: string | undefined
}

/** @throws AppError `validation_failed` */
export function toDirectory(fields: DirectoryFields, separator: Uint8Array): Directory {
  const given = Object.entries(fields).filter(
    ([name, value]) => /^(key|prefix)/.test(name) && value !== undefined,
  )
  if (given.length > 1) throw invalidRequest([toItem('query', ['key'], 'exactly_one_of')])
  const prefix = toBytes({ name: 'prefix', text: fields.prefix, base64: fields.prefix_b64 }, 'query')
  if (prefix) return toPrefixDirectory(checkLength(prefix, 'prefix', 'query'), separator, 'query')
  const key = toBytes({ name: 'key', text: fields.key, base64: fields.key_b64 }, 'query')
  return toKeyDirectory(key && checkLength(key, 'key', 'query'), separator)
}

/** Absent, or the separator: the root. */
export function toKeyDirectory(key: Uint8Array | undefined, separator: Uint8Array): Directory {
  const isRoot = !key || key.length === 0 || (key.length === separator.length && startsWith(key, separator))
  if (isRoot) return { prefix: new Uint8Array(), id: new Uint8Array(), shown: separator }
  return { prefix: concatBytes(key, separator), id: key, shown: key }
}

/** The exact prefix: empty, or ending in the separator. @throws AppError `validation_failed` */
export function toPrefixDirectory(prefix: Uint8Array, separator: Uint8Array, place: Place): Directory {
  if (prefix.length === 0) return toKeyDirectory(undefined, separator)
  const id = prefix.subarray(0, -separator.length)
  if (prefix.length < separator.length || !startsWith(prefix.subarray(id.length), separator))
    throw invalidRequest([
      toItem(place, ['prefix'], 'invalid_format', 'neither empty nor ending in the separator'),
    ])
  return { prefix, id, shown: id }
}
