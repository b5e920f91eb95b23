import { z } from 'zod'
import { readList, readText, WrongValue } from './key-forms.ts'

const MAX_ENDPOINTS = 32

/** `host` is empty for all addresses; an IPv6 address is without brackets. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** 1 to 32 URLs `scheme://host:port`, as configured but for a closing slash; one scheme for all. */
export function readEndpoints(raw: unknown): readonly string[] {
  const urls = readList(MAX_ENDPOINTS, readUrl)(raw)
  if (urls.length === 0) throw new WrongValue('is empty')
  if (new Set(urls.map(schemeOf)).size > 1) throw new WrongValue('mixes http and https')
  return urls
}

/** `''` = client URLs; text with `{host}` = template; a list = one URL per endpoint, in the same order. */
export function readMetricsEndpoint(raw: unknown): string | readonly string[] {
  if (raw === '') return ''
  if (typeof raw !== 'string' || !raw.includes('{host}')) {
    const urls = readList(MAX_ENDPOINTS, readUrl)(raw)
    if (urls.length === 0) throw new WrongValue('is an empty list')
    return urls
  }
  readUrl(readText(raw).replace('{host}', 'host'))
  return raw.replace(/\/$/, '')
}

export function readListen(raw: unknown): ListenAddress {
  const [, host, digits] = /^(|[^\s:[\]/]+|\[[^\]]+\]):(\d{1,5})$/.exec(readText(raw)) ?? []
  if (host === undefined) throw new WrongValue('is no [host]:port')
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  if (host !== '' && !isHost(bare, host !== bare)) throw new WrongValue('names no host')
  return { host: bare, port: readPort(digits, 0) }
}

export const schemeOf = (url: string): string => url.slice(0, url.indexOf(':'))

function readUrl(text: string): string {
  if (/^\w+:\/\/.*@/.test(text)) throw new WrongValue('has user info: use etcd.username and etcd.password')
  const [, scheme, host, digits, rest] =
    /^(\w+):\/\/([^\s:[\]/?#]+|\[[^\]\s]+\])(?::(\d{1,6}))?(.*)$/.exec(text) ?? []
  if (scheme === undefined || host === undefined) throw new WrongValue('is no URL')
  if (scheme !== 'http' && scheme !== 'https') throw new WrongValue(`has the scheme ${scheme.slice(0, 20)}`)
  const bare = host.replace(/^\[(.*)\]$/, '$1')
  if (!isHost(bare, host !== bare)) throw new WrongValue('names no host')
  if (digits === undefined) throw new WrongValue('has no port')
  readPort(digits, 1)
  if (rest !== '' && rest !== '/') throw new WrongValue('has a path, a query or a fragment')
  return text.replace(/\/$/, '')
}

function readPort(digits: string | undefined, min: number): number {
  const port = Number(digits)
  if (port >= min && port <= 65_535) return port
  throw new WrongValue(`has the port ${digits}`)
}

// underscores are no part of a host name, but of many container names
const isHost = (text: string, inBrackets: boolean): boolean =>
  (inBrackets ? z.ipv6() : z.hostname()).safeParse(text.replaceAll('_', '-')).success
