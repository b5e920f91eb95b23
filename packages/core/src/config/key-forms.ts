import { z } from 'zod'

/** Why a value is not taken; becomes part of one line for people. */
export class WrongValue extends Error {
  override name = 'WrongValue'
}

/** Reads what stands in the file (YAML's values) or in the environment (always text). @throws WrongValue */
type Read<T> = (raw: unknown) => T

/** One key of the configuration. `wanted` ends the sentence "wanted …"; `fallback` is read like a value. */
export interface Key<T> {
  readonly fallback: unknown
  readonly wanted: string
  readonly read: Read<T>
  /** Its value is never shown. */
  readonly isSecret?: true
}

const MAX_TEXT = 4096
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const control = /[\u0000-\u001f\u007f]/

export function readText(raw: unknown): string {
  if (typeof raw !== 'string') throw new WrongValue('is not text')
  if (raw.length > MAX_TEXT) throw new WrongValue(`is longer than ${MAX_TEXT} characters`)
  if (control.test(raw)) throw new WrongValue('holds a control character')
  return raw
}

export function readFlag(raw: unknown): boolean {
  if (raw === true || raw === 'true') return true
  if (raw === false || raw === 'false') return false
  throw new WrongValue('is neither true nor false')
}

const toInteger = (raw: unknown): number =>
  typeof raw === 'string' && /^-?\d{1,15}$/.test(raw) ? Number(raw) : (raw as number) // judged by the callers

export const readInteger =
  (min: number, max: number): Read<number> =>
  (raw) => {
    const value = toInteger(raw)
    if (!Number.isSafeInteger(value)) throw new WrongValue('is not a whole number')
    if (value < min || value > max) throw new WrongValue(`is ${value < min ? 'less' : 'more'} than allowed`)
    return value
  }

/** Whole seconds: an integer, or text with a unit. `zero` allows 0 beside the bounds. */
export const readSeconds =
  (min: number, max: number, zero?: 'or 0'): Read<number> =>
  (raw) => {
    const [, amount, unit] = (typeof raw === 'string' && /^(\d{1,9})([smhd])$/.exec(raw)) || []
    const value = unit ? Number(amount) * (UNITS[unit] ?? Number.NaN) : toInteger(raw)
    if (!Number.isSafeInteger(value)) throw new WrongValue('is no duration in whole seconds')
    if (zero && value === 0) return 0
    return readInteger(min, max)(value)
  }

export const readOneOf =
  <const T extends string>(values: readonly T[]): Read<T> =>
  (raw) => {
    const found = values.find((value) => value === raw)
    if (found === undefined) throw new WrongValue('is none of them')
    return found
  }

/** A list of texts, or text with commas; `''` and `[]` are the empty list. */
export const readList =
  <T>(max: number, readItem: (item: string) => T): Read<readonly T[]> =>
  (raw) => {
    const items: readonly unknown[] = Array.isArray(raw) ? raw : splitText(readText(raw))
    if (items.length > max) throw new WrongValue(`has more than ${max} entries`)
    return items.map((item) => readItem(readText(item)))
  }

const splitText = (text: string): string[] =>
  text.trim() === '' ? [] : text.split(',').map((item) => item.trim())

export function readCidr(text: string): string {
  if (z.cidrv4().safeParse(text).success || z.cidrv6().safeParse(text).success) return text
  throw new WrongValue(`has an entry that is no CIDR: ${text.slice(0, 60)}`)
}

/** As a Host header has it, without port: lower case, IPv6 in brackets. */
export function readHostName(text: string): string {
  const host = toHost(text)
  if (host === undefined) throw new WrongValue(`has an entry that is no host name: ${text.slice(0, 60)}`)
  return host.includes(':') ? `[${host}]` : host
}

/** A host name, or an address without brackets, as certificates have it; or `''`. */
export function readServerName(raw: unknown): string {
  const text = readText(raw)
  const host = text === '' ? '' : toHost(text)
  if (host === undefined) throw new WrongValue('is no host name')
  return host
}

function toHost(text: string): string | undefined {
  const host = text.toLowerCase()
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  if (z.ipv6().safeParse(bare).success) return bare
  return z.hostname().safeParse(host).success ? host : undefined
}

export function readUrlPath(raw: unknown): string {
  const text = readText(raw)
  if (!text.startsWith('/')) throw new WrongValue('does not begin with /')
  if (/[?#\s]/.test(text)) throw new WrongValue('has a query, a fragment or a space')
  return text
}

export function readPath(raw: unknown): string {
  const text = readText(raw)
  if (text.trim() === '') throw new WrongValue('is empty')
  return text
}
