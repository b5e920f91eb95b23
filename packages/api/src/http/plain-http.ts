export interface Served {
  readonly isTls: boolean
  /** CIDRs. */
  readonly trustedProxies: readonly string[]
}

/** What a start says of a bound address that takes passwords and tokens from other machines in plain text; undefined: it does not (security.md 18). */
export function plainHttpWarning({
  address,
  isTls,
  trustedProxies,
}: Served & { readonly address: string }): string | undefined {
  if (isTls || trustedProxies.length > 0 || isLoopback(address)) return undefined
  return (
    'passwords and tokens pass the network in plain text; set server.tls_enable, ' +
    'or listen on 127.0.0.1 behind a proxy that ends TLS and is named in server.trusted_proxies'
  )
}

const isLoopback = (address: string): boolean => address === '::1' || /^(?:::ffff:)?127\./.test(address)
