/**
 * The smallest revision that can be read, by bisection over `[1, head]`, for etcd tells it nowhere; `"0"` where nothing was ever compacted. At
 * most 64 questions. `isReadable` is monotonic: etcd still serves reads at exactly the compacted revision (etcd.md 7).
 */
export async function findCompactedRevision(
  head: bigint,
  isReadable: (revision: bigint) => Promise<boolean>,
): Promise<string> {
  if (await isReadable(1n)) return '0'
  let gone = 1n
  let readable = head
  while (readable - gone > 1n) {
    const middle = (gone + readable) / 2n
    if (await isReadable(middle)) readable = middle
    else gone = middle
  }
  return readable.toString()
}
