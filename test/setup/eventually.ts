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
