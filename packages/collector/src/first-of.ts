import type { Clock } from '@etcdmonitor/core/time'

/** Resolves with `work`, or without it after `ms` or when `signal` aborts; rejects only as `work` does before. */
export async function firstOf(
  work: Promise<unknown>,
  ms: number,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<void> {
  const done = new AbortController()
  try {
    await Promise.race([work, clock.sleep(ms, AbortSignal.any([signal, done.signal]))])
  } finally {
    done.abort()
  }
}
