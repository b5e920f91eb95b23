import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import type { AddressPolicy } from './address-policy.ts'
import { callError } from './call-error.ts'

/** A socket's `lookup` that yields only addresses which all pass the policy: what is judged is what is dialled. */
export const guardedLookup =
  (policy: AddressPolicy, url: string): LookupFunction =>
  (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '')
      void judgeAll(
        policy,
        addresses.map(({ address }) => address),
      ).then((reason) => {
        const [first] = addresses
        if (reason !== undefined)
          done(callError('blocked_url', { endpoint: url, method: 'resolve', sent: false }, reason), '')
        else if (options.all) done(null, addresses)
        else done(null, first?.address ?? '', first?.family ?? 0)
      })
    })
  }

async function judgeAll(policy: AddressPolicy, addresses: readonly string[]): Promise<string | undefined> {
  for (const address of addresses) {
    const reason = await policy.judgeAddress(address)
    if (reason !== undefined) return reason
  }
  return undefined
}
