import { addressBits, isWithin, parseNetwork } from './address-bits.ts'

const MAX_HOPS = 32

/** The client of a request, as it is written in the log: its peer, or what the proxies that we trust say of it. */
export type ClientAddress = (peer: string, forwardedFor: string | undefined) => string

/**
 * `X-Forwarded-For` is believed from the right, hop by hop, as long as who wrote an entry is one of `trusted` (CIDRs): the first address
 * outside of them is the client, for whatever stands left of it may be invented. An entry that is no address ends the search at the hop
 * that wrote it. @throws RangeError when a network cannot be read
 */
export function createClientAddress(trusted: readonly string[]): ClientAddress {
  const networks = trusted.map(parseNetwork)
  const isTrusted = (address: string) => {
    const bits = addressBits(address)
    return bits !== undefined && networks.some((network) => isWithin(bits, network))
  }
  return (peer, forwardedFor) => {
    if (forwardedFor === undefined || networks.length === 0) return peer
    const hops = forwardedFor.split(',').slice(-MAX_HOPS).map(withoutPort)
    let client = peer
    while (isTrusted(client)) {
      const next = hops.pop()
      if (next === undefined || !isAddress(next)) break
      client = next
    }
    return client
  }
}

/** A zone (`fe80::1%eth0`) names an interface of who wrote it, and is any text: it would get into the audit log. */
const isAddress = (hop: string): boolean => !hop.includes('%') && addressBits(hop) !== undefined

/** Some proxies add the port of the client. */
const withoutPort = (hop: string): string =>
  hop
    .trim()
    .replace(/^\[([^\]]*)\](?::\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
