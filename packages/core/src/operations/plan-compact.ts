/** What a compaction that keeps `retainCount` revisions would do. Revisions are decimal strings. */
export type CompactTarget =
  | { readonly kind: 'compact'; readonly target: string }
  /** The cluster has not that many revisions. */
  | { readonly kind: 'nothing' }
  /** That much is gone already, or more. */
  | { readonly kind: 'compacted'; readonly compactRevision: string }

/** `compacted`: the oldest revision that can be read; absent: it may not be asked for, and etcd will say (operations.md 9). */
export function compactTarget(
  head: string,
  retainCount: number,
  compacted: string | undefined,
): CompactTarget {
  const target = BigInt(head) - BigInt(retainCount)
  if (target < 1n) return { kind: 'nothing' }
  if (compacted !== undefined && target <= BigInt(compacted))
    return { kind: 'compacted', compactRevision: compacted }
  return { kind: 'compact', target: target.toString() }
}
