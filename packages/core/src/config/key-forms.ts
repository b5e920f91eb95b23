import { z } from 'zod'
import { toSecret } from '../secret.ts'

const MAX_TEXT = 4096
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const control = /[\u0000-\u001f\u007f]/

/**
 * What a key may hold, as YAML gives it or as text of the environment. Messages are the reason in the line "path: reason;
 * wanted …; got …", of which the first counts.
 */
export const text = z
  .string('is not text')
  .max(MAX_TEXT, `is longer than ${MAX_TEXT} characters`)
  .refine((value) => !control.test(value), 'holds a control character')

/** `''` is none. */
export const secret = text.transform((value) => (value === '' ? undefined : toSecret(value)))

export const postgresUrl = text
  .refine((value) => value === '' || /^postgres(ql)?:\/\/[^\s/]/.test(value), 'is no URL postgres://…')
  .pipe(secret)

/** Without what would stand in a log or go to another place: no user info, query or fragment. */
export const influxUrl = text
  .refine(
    (value) => value === '' || /^https?:\/\/[^\s/?#@]+(\/[^\s?#@]*)?$/.test(value),
    'is no URL http(s)://host:port',
  )
  .transform((value) => value.replace(/\/+$/, ''))

export const influxName = text.max(128, 'is longer than 128 characters')

export const path = text.refine((value) => value.trim() !== '', 'is empty')

export const urlPath = text
  .startsWith('/', 'does not begin with /')
  .refine((value) => !/[?#\s]/.test(value), 'has a query, a fragment or a space')

/** What parts keys. */
export const separator = text.refine(
  (value) => value !== '' && new TextEncoder().encode(value).length <= 16,
  'is empty, or longer than 16 bytes',
)

export const flag = z.preprocess(
  (raw) => (raw === 'true' || raw === 'false' ? raw === 'true' : raw),
  z.boolean('is neither true nor false'),
)

const toNumber = (raw: unknown): unknown =>
  typeof raw === 'string' && /^-?\d{1,15}$/.test(raw) ? Number(raw) : raw

export const integer = (min: number, max: number) =>
  z.preprocess(
    toNumber,
    z.int('is not a whole number').min(min, 'is less than allowed').max(max, 'is more than allowed'),
  )

/** Whole seconds: an integer, or text with a unit. `zero` allows 0 beside the bounds. */
export const seconds = (min: number, max: number, zero?: 'or 0') =>
  z.preprocess(
    toSeconds,
    z
      .int('is no duration in whole seconds')
      .refine((value) => value >= min || (value === 0 && zero !== undefined), 'is less than allowed')
      .max(max, 'is more than allowed'),
  )

function toSeconds(raw: unknown): unknown {
  const [, amount, unit] = (typeof raw === 'string' && /^(\d{1,9})([smhd])$/.exec(raw)) || []
  return unit ? Number(amount) * (UNITS[unit] ?? Number.NaN) : toNumber(raw)
}

/** Of texts, or text with commas; `''` and `[]` are the empty list. */
export const list = <T extends z.ZodType>(item: T, max: number) => z.preprocess(splitText, listed(item, max))

export const listed = <T extends z.ZodType>(item: T, max: number) =>
  z.array(item, 'is not text').max(max, `has more than ${max} entries`)

export function splitText(raw: unknown): unknown {
  if (typeof raw !== 'string') return raw
  return raw.trim() === '' ? [] : raw.split(',').map((item) => item.trim())
}

export const cidr = text.pipe(z.union([z.cidrv4(), z.cidrv6()], 'is no CIDR'))

const isAddress = (host: string): boolean => z.union([z.ipv6(), z.hostname()]).safeParse(host).success
const toBareHost = (host: string) => host.toLowerCase().replace(/^\[(.*:.*)\]$/, '$1')

/** As a Host header has it, without port: lower case, IPv6 in brackets. */
export const hostName = text
  .refine((value) => isAddress(toBareHost(value)), 'is no host name')
  .transform(toBareHost)
  .transform((host) => (host.includes(':') ? `[${host}]` : host))

/** A host name, or an address without brackets, as certificates have it; or `''`. */
export const serverName = text
  .refine((value) => value === '' || isAddress(toBareHost(value)), 'is no host name')
  .transform(toBareHost)

// underscores are no part of a host name, but of many container names
export const isHost = (host: string): boolean => isAddress(host.replaceAll('_', '-'))
