import { lookup } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'

/** Why an advertised URL is not used (security.md 10). */
export type BlockReason = 'scheme' | 'user_info' | 'path' | 'port' | 'address' | 'not_allowed'

/** Parts of a URL that passed. */
export interface UrlParts {
  readonly isSecure: boolean
  /** A name or an address, without brackets. */
  readonly host: string
  readonly port: number
}

/** Addresses that only mean something on this machine or this link. */
type AddressClass = 'loopback' | 'link-local' | 'multicast' | 'unspecified' | 'broadcast'

export interface AddressPolicy {
  /** Of an advertised URL, without its address. */
  judgeUrl(url: string): UrlParts | { readonly blocked: BlockReason }
  /** Of an address that is about to be dialled; `undefined`: it may be. */
  judgeAddress(address: string): Promise<BlockReason | undefined>
}

const CLASSES: Readonly<Record<AddressClass, BlockList>> = {
  loopback: subnets('127.0.0.0/8', '::1/128'),
  'link-local': subnets('169.254.0.0/16', 'fe80::/10'),
  multicast: subnets('224.0.0.0/4', 'ff00::/8'),
  unspecified: subnets('0.0.0.0/8', '::/128'),
  broadcast: subnets('255.255.255.255/32'),
}

/** What advertised URLs must pass at every use. `configured` endpoints are the administrator's own choice and set the standard. */
export function createAddressPolicy(
  configured: readonly string[],
  allowCidrs: readonly string[],
): AddressPolicy {
  const allowed = allowCidrs.length > 0 ? subnets(...allowCidrs) : undefined
  const isSecure = configured[0]?.startsWith('https:') ?? false
  const hosts = [...new Set(configured.map((url) => parseUrl(url).host))]

  /** Looked up only when a special address asks for it: names of configured endpoints may change theirs. */
  async function isConfiguredClass(special: AddressClass): Promise<boolean> {
    const addresses = await Promise.all(hosts.map(addressesOf))
    return addresses.flat().some((address) => classOf(address) === special)
  }

  return {
    judgeUrl(text) {
      const reason = whyBlocked(text, isSecure)
      return reason ? { blocked: reason } : parseUrl(text)
    },
    async judgeAddress(address) {
      const special = classOf(address)
      if (special && !(await isConfiguredClass(special))) return 'address'
      return allowed && !contains(allowed, address) ? 'not_allowed' : undefined
    },
  }
}

/** Of a URL that is known to be one; the port is the scheme's where none is given. */
export function parseUrl(text: string): UrlParts {
  const { protocol, hostname, port } = new URL(text)
  const isSecure = protocol === 'https:'
  const defaultPort = isSecure ? 443 : 80
  return {
    isSecure,
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? defaultPort : Number(port),
  }
}

function whyBlocked(text: string, isSecure: boolean): BlockReason | undefined {
  const scheme = isSecure ? 'https' : 'http'
  const [, authority, rest] = new RegExp(`^${scheme}://([^/?#\\\\]*)(.*)$`, 'is').exec(text) ?? []
  if (authority === undefined) return 'scheme'
  if (authority.includes('@')) return 'user_info'
  if (rest !== '' && rest !== '/') return 'path'
  const [, digits] = /:(\d*)$/.exec(authority) ?? []
  if (digits !== undefined && !(Number(digits) >= 1 && Number(digits) <= 65_535)) return 'port'
  return URL.canParse(text) ? undefined : 'address'
}

async function addressesOf(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host]
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address)
  } catch {
    return [] // a name that leads nowhere permits nothing
  }
}

const classOf = (address: string): AddressClass | undefined =>
  (Object.keys(CLASSES) as AddressClass[]) // its own keys
    .find((name) => contains(CLASSES[name], address))

/** BlockList itself judges `::ffff:a.b.c.d` by its rules for IPv4. */
function contains(list: BlockList, address: string): boolean {
  const bare = address.replace(/%.*$/, '') // zone
  return list.check(bare, isIP(bare) === 6 ? 'ipv6' : 'ipv4')
}

function subnets(...cidrs: readonly string[]): BlockList {
  const list = new BlockList()
  for (const cidr of cidrs) {
    const [network = '', prefix] = cidr.split('/')
    list.addSubnet(network, Number(prefix), isIP(network) === 6 ? 'ipv6' : 'ipv4')
  }
  return list
}
