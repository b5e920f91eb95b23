import { z } from 'zod'
import { isHost, list, listed, splitText, text } from './key-forms.ts'

const MAX_ENDPOINTS = 32
const MAX_PORT = 65_535

/** `host` is empty for all addresses; an IPv6 address is without brackets. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

export const listenAddress = text
  .regex(/^(|[^\s:[\]/]+|\[[^\]]*:[^\]]*\]):\d{1,5}$/, 'is no [host]:port')
  .transform((value): ListenAddress => {
    const colon = value.lastIndexOf(':')
    return { host: value.slice(0, colon).replace(/^\[(.*)\]$/, '$1'), port: Number(value.slice(colon + 1)) }
  })
  .superRefine(({ host, port }, { addIssue }) => {
    if (host !== '' && !isHost(host)) addIssue('names no host')
    if (port > MAX_PORT) addIssue(`has the port ${port}`)
  })

/** `''` = nothing is listened on: undefined. */
export const optionalListenAddress = z.preprocess(
  (raw) => (raw === '' ? undefined : raw),
  listenAddress.optional(),
)

/** As configured but for a closing slash. */
const withoutFault = (faultOf: (value: string) => string | undefined) =>
  text
    .refine((value) => faultOf(value) === undefined, {
      error: ({ input }) => faultOf(String(input)),
    })
    .overwrite((value) => value.replace(/\/$/, ''))

const url = withoutFault(urlFault)
const template = withoutFault((value) =>
  value === '' ? undefined : urlFault(value.replace('{host}', 'host')),
)

/** 1 to 32 URLs of one scheme. */
export const endpoints = list(url, MAX_ENDPOINTS)
  .refine((urls) => urls.length > 0, 'is empty')
  .superRefine((urls, { addIssue }) => {
    const other = urls.findIndex((one) => schemeOf(one) !== schemeOf(urls[0] ?? ''))
    if (other > 0) addIssue({ code: 'custom', path: [other], message: 'has another scheme than entry 1' })
  })
  .readonly()

/** `''` = client URLs; text with `{host}` = template; a list = one URL per endpoint, in the same order. */
export const metricsEndpoint = z.preprocess(
  (raw) => (typeof raw === 'string' && raw !== '' && !raw.includes('{host}') ? splitText(raw) : raw),
  z.union([template, listed(url, MAX_ENDPOINTS).min(1, 'is an empty list').readonly()], 'is not text'),
)

export const schemeOf = (value: string): string => value.slice(0, value.indexOf(':'))

/** Of `scheme://host:port`. */
function urlFault(value: string): string | undefined {
  if (/^\w+:\/\/.*@/.test(value)) return 'has user info: use etcd.username and etcd.password'
  const [, scheme, host, port, rest] =
    /^(\w+):\/\/([^\s:[\]/?#]+|\[[^\]\s]*:[^\]\s]*\])(?::(\d{1,6}))?(.*)$/.exec(value) ?? []
  if (scheme === undefined || host === undefined) return 'is no URL'
  if (scheme !== 'http' && scheme !== 'https') return `has the scheme ${scheme.slice(0, 20)}`
  if (!isHost(host.replace(/^\[(.*)\]$/, '$1'))) return 'names no host'
  if (port === undefined) return 'has no port'
  if (Number(port) < 1 || Number(port) > MAX_PORT) return `has the port ${port}`
  return rest === '' || rest === '/' ? undefined : 'has a path, a query or a fragment'
}
