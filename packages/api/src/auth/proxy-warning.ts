import type { ApiDeps } from '../deps.ts'

const REPEAT_AFTER = 3_600_000

/**
 * Looks at the `X-Forwarded-For` of each attempt to sign in: while no proxy is trusted, one that has it is told once an hour, for all who
 * sign in through that proxy share one limit.
 */
export function createProxyWarning({
  settings,
  clock,
  log,
}: Pick<ApiDeps, 'settings' | 'clock' | 'log'>): (forwardedFor: string | undefined) => void {
  let toldAt = Number.NEGATIVE_INFINITY
  return (forwardedFor) => {
    if (forwardedFor === undefined || settings.trustedProxies.length > 0) return
    if (clock.monotonic() - toldAt < REPEAT_AFTER) return
    toldAt = clock.monotonic()
    log.warn('proxy_not_trusted', {
      message:
        'sign-ins come through a proxy and all seem to come from its address; name it in server.trusted_proxies',
    })
  }
}
