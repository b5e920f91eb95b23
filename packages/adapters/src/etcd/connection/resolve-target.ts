import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Clock } from '@etcdmonitor/core/time'
import { type AddressPolicy, parseUrl } from './address-policy.ts'
import { type CallBudget, within } from './call-budget.ts'
import { type CallContext, callError, EtcdCallError } from './call-error.ts'
import type { DialTarget } from './channel.ts'

export interface ResolverOptions {
  /** Configured ones are dialled as they stand, and gRPC resolves their names; all other URLs are advertised. */
  readonly endpoints: readonly string[]
  readonly policy: AddressPolicy
  /** Why our own certificate cannot be shown at this instant. */
  readonly whyExpired: (now: number) => string | undefined
  readonly clock: Pick<Clock, 'now' | 'sleep'>
}

/**
 * Where a URL leads now. An advertised one passes only when every address of its name does; `current` is kept while the
 * name still has it, since name servers turn the order, and while no name server answers. @throws EtcdCallError `blocked_url`, `dns`, `tls_expired`
 */
export type ResolveTarget = (url: string, budget: CallBudget, current?: string) => Promise<DialTarget>

const LOOKUP_LIMIT = 2_000
/** While there is a connection the call itself needs the time. */
const RENEWAL_LIMIT = 500

export function createResolver({ endpoints, policy, whyExpired, clock }: ResolverOptions): ResolveTarget {
  /** Of a host all of whose addresses pass. */
  async function judgedAddresses(host: string, context: CallContext): Promise<readonly string[]> {
    const addresses = isIP(host) !== 0 ? [host] : await lookUp(host, context)
    for (const address of addresses) {
      const reason = await policy.judgeAddress(address)
      if (reason) throw callError('blocked_url', context, reason)
    }
    return addresses
  }

  async function resolveAdvertised(url: string, budget: CallBudget, current?: string): Promise<DialTarget> {
    const context = { endpoint: url, method: 'resolve', sent: false }
    const parts = policy.judgeUrl(url)
    if ('blocked' in parts) throw callError('blocked_url', context, parts.blocked)
    const { host, port } = parts
    const limit = budget.atMost(current === undefined ? LOOKUP_LIMIT : RENEWAL_LIMIT)
    try {
      const addresses = await within({ promise: judgedAddresses(host, context), budget: limit, clock }, () =>
        callError('dns', context, `no answer for ${host} in time`),
      )
      const address = addresses.find((one) => one === current) ?? addresses[0]
      if (address === undefined) throw callError('dns', context, `no address for ${host}`)
      return { url, host, address, port }
    } catch (error) {
      // name servers that fail must not end connections that work
      if (current !== undefined && isDnsFailure(error)) return { url, host, address: current, port }
      throw error
    }
  }

  return async (url, budget, current) => {
    const expired = url.startsWith('https:') ? whyExpired(clock.now()) : undefined
    if (expired) throw callError('tls_expired', { endpoint: url, method: 'connect', sent: false }, expired)
    return endpoints.includes(url) ? toTarget(url) : resolveAdvertised(url, budget, current)
  }
}

async function lookUp(host: string, context: CallContext): Promise<readonly string[]> {
  try {
    return (await lookup(host, { all: true })).map(({ address }) => address)
  } catch (error) {
    throw callError('dns', context, error instanceof Error ? error.message : '', error)
  }
}

const isDnsFailure = (error: unknown): boolean =>
  error instanceof EtcdCallError && error.failure.kind === 'dns'

/** A URL as it stands. */
export function toTarget(url: string): DialTarget {
  const { host, port } = parseUrl(url)
  return { url, host, address: host, port }
}
