import { AppError } from '@etcdmonitor/core/errors'
import type { Clock } from '@etcdmonitor/core/time'
import { addressKey } from './address-key.ts'

const MAX_KEYS = 10_000

/**
 * One token bucket per client address key, holding a fifth of `perMinute` (at least 1) and refilled evenly; 0 = no limit. The key
 * that was used longest ago is forgotten beyond 10,000. The returned function takes one token.
 * @throws AppError `rate_limited`
 */
export function createAddressLimit(
  perMinute: number,
  clock: Pick<Clock, 'monotonic'>,
): (address: string) => void {
  const burst = Math.max(1, Math.floor(perMinute / 5))
  const buckets = new Map<string, { readonly tokens: number; readonly at: number }>()
  return (address) => {
    if (perMinute === 0) return
    const key = addressKey(address)
    const at = clock.monotonic()
    const last = buckets.get(key) ?? { tokens: burst, at }
    const tokens = Math.min(burst, last.tokens + ((at - last.at) * perMinute) / 60_000)
    buckets.delete(key) // to the end: the order is that of use
    buckets.set(key, { tokens: tokens < 1 ? tokens : tokens - 1, at })
    const [oldest] = buckets.keys()
    if (buckets.size > MAX_KEYS && oldest !== undefined) buckets.delete(oldest)
    if (tokens < 1) throw tooMany(((1 - tokens) * 60) / perMinute)
  }
}

const tooMany = (seconds: number): AppError =>
  new AppError('rate_limited', 'too many attempts from this address; wait a moment', {
    details: { retry_after: seconds },
  })
