import { setTimeout as sleep } from 'node:timers/promises'

/** The first value of `look` that is neither undefined nor false; asks every 50 ms. @throws Error after `deadline` ms, with `what`. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  deadline = 60_000,
): Promise<T> {
  for (const end = performance.now() + deadline; performance.now() < end; ) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    await sleep(50)
  }
  throw new Error(`${what}: not within ${deadline} ms`)
}

/**
 * ms from `since` to the beginning of the last look in vain: what is promised within so many seconds is kept by whatever begins later, however
 * long a busy machine takes to answer.
 */
export async function lastInVain(
  what: string,
  look: () => Promise<boolean>,
  since = performance.now(),
): Promise<number> {
  let last = since
  await eventually(what, async () => {
    const begunAt = performance.now()
    const found = await look()
    if (!found) last = begunAt
    return found
  })
  return last - since
}
