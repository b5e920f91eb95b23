/** How long others would have waited while `work` ran: the longest turn of the event loop, ms. */
export async function longestBlock(work: () => Promise<unknown>): Promise<number> {
  let longest = 0
  let before = performance.now()
  let isDone = false
  const turn = () => {
    const now = performance.now()
    longest = Math.max(longest, now - before)
    before = now
    if (!isDone) setImmediate(turn)
  }
  setImmediate(turn)
  await work()
  isDone = true
  await new Promise((resolve) => setImmediate(resolve)) // the last turn counts too
  return longest
}
