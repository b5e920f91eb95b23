import type { ScrapeFailure } from '../../ports/etcd-cluster.ts'
import { readPage } from './exposition.ts'
import { type PageInfo, readInfo } from './page-info.ts'
import { type PageSources, reducePage } from './reduce-page.ts'

/** A whole, good page of the member that was asked. */
export interface MemberPage extends PageSources {
  readonly info: PageInfo
  /** Sample lines before any reduction. */
  readonly lines: number
}

/** Proof that a page is one of an etcd member (metrics.md 2.3 step 9). */
const PROOF = 'etcd_server_has_leader'

/**
 * Steps 7 to 11 of metrics.md 2.3 for the decoded body of `memberId` (decimal). All of the page or a failure, never a part. Yields
 * after each bounded piece of work so that the caller can let others run. Never throws.
 */
export function* parsePage(
  body: Uint8Array,
  memberId: string,
): Generator<undefined, MemberPage | ScrapeFailure> {
  const page = yield* readPage(body)
  if ('reason' in page) return page
  if (!page.scalars.has(PROOF)) return { reason: 'parse', detail: `${PROOF} is not on the page` }
  const info = readInfo(page)
  if (info.serverIds.some((id) => id !== memberId)) return { reason: 'parse', detail: 'wrong_member' }
  const sources = yield* reducePage(page)
  return { ...sources, info, lines: page.lines }
}
