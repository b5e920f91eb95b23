/**
 * Runs loops side by side until `signal` aborts. Where one throws, the signal of the others aborts too, and its error is thrown when all have
 * ended: what they work on is closed by nobody before. Of several errors the first.
 */
export async function runTogether(
  loops: readonly ((signal: AbortSignal) => Promise<void>)[],
  signal: AbortSignal,
): Promise<void> {
  const failed = new AbortController()
  const end = AbortSignal.any([signal, failed.signal])
  const errors: unknown[] = []
  const run = async (loop: (signal: AbortSignal) => Promise<void>) => {
    try {
      await loop(end)
    } catch (error) {
      errors.push(error)
      failed.abort('another loop failed')
    }
  }
  await Promise.all(loops.map(run))
  if (errors.length > 0) throw errors[0]
}
