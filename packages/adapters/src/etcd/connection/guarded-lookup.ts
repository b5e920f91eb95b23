import type { LookupAddress, LookupOptions } from 'node:dns'
import { lookup } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { callbackify } from 'node:util'
import type { AddressPolicy } from './address-policy.ts'
import { callError } from './call-error.ts'

/** A socket's `lookup` that yields only addresses which all pass the policy: what is judged is what is dialled. */
export function guardedLookup(policy: Pick<AddressPolicy, 'judgeAddress'>, url: string): LookupFunction {
  async function lookUp(hostname: string, options: LookupOptions): Promise<readonly LookupAddress[]> {
    const addresses = await lookup(hostname, { ...options, all: true })
    for (const { address } of addresses) {
      const reason = await policy.judgeAddress(address)
      if (reason !== undefined)
        throw callError('blocked_url', { endpoint: url, method: 'resolve', sent: false }, reason)
    }
    return addresses
  }

  // so that what `done` throws is no rejection
  const lookUpThen = callbackify(lookUp)
  return (hostname, options, done) =>
    lookUpThen(hostname, options, (error, addresses) => {
      const [first] = addresses ?? []
      if (error || !first) done(error, '')
      else if (options.all) done(null, [...addresses])
      else done(null, first.address, first.family)
    })
}
