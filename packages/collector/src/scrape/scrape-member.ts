import { AppError } from '@etcdmonitor/core/errors'
import { failureIn } from '@etcdmonitor/core/etcd/fail-call'
import type { MemberStatus } from '@etcdmonitor/core/etcd/member'
import type { MemberAnswer } from '@etcdmonitor/core/metrics/scrape/member-tick'
import type { MemberPage } from '@etcdmonitor/core/metrics/scrape/parse-page'
import type { EtcdMaintenance, ScrapeFailure } from '@etcdmonitor/core/ports/etcd-cluster'
import type { Clock } from '@etcdmonitor/core/time'
import type { Deadlines } from './deadlines.ts'
import { readMemberPage } from './read-page.ts'

export interface Scraped extends MemberAnswer {
  /** Monotonic instant at which the requests began. */
  readonly start: number
  /** Who answered is another member, or one of another cluster. */
  readonly stranger?: Stranger
}

type Stranger = 'wrong_member' | 'wrong_cluster'

export interface ScrapeCall extends Deadlines {
  readonly clusterId: string
  readonly memberId: string
  readonly signal: AbortSignal
}

interface Page {
  readonly page: MemberPage | ScrapeFailure
  readonly bodyBytes: number
  readonly scrapeSeconds: number
}

type Status = Pick<Scraped, 'status' | 'statusSeconds' | 'stranger'>

/**
 * Asks one member once, its page and its Status side by side. A member that does not answer is an answer; rejects with the reason of
 * `signal`, or with a bug.
 */
export async function scrapeMember(
  { cluster, clock }: { readonly cluster: EtcdMaintenance; readonly clock: Clock },
  call: ScrapeCall,
): Promise<Scraped> {
  const start = clock.monotonic()
  const secondsSince = () => (clock.monotonic() - start) / 1_000
  const [got, status] = await Promise.all([getPage(), getStatus()])
  const { stranger } = status
  const page = stranger === undefined ? got.page : withoutStrangers(got.page, stranger)
  return { memberId: call.memberId, start, ...got, page, ...status }

  async function getPage(): Promise<Page> {
    const got = await requestPage()
    if (!(got instanceof Uint8Array)) return { page: got, bodyBytes: 0, scrapeSeconds: secondsSince() }
    const { memberId, signal } = call
    const page = await readMemberPage(got, { memberId, endsAt: start + call.scrape, clock, signal })
    return { page, bodyBytes: got.length, scrapeSeconds: secondsSince() }
  }

  async function requestPage(): Promise<Uint8Array | ScrapeFailure> {
    try {
      return await cluster.metricsPage(call.memberId, { signal: call.signal, deadline: call.scrape })
    } catch (error) {
      // a member that only the last run of the collector knew: nobody can say where it is while no endpoint answers
      if (error instanceof AppError) return { reason: 'refused', detail: error.message.slice(0, 200) }
      throw error
    }
  }

  async function getStatus(): Promise<Status> {
    try {
      const status = await cluster.status(call.memberId, { signal: call.signal, deadline: call.status })
      const statusSeconds = secondsSince()
      const stranger = judge(status)
      return stranger ? { statusSeconds, stranger } : { status, statusSeconds }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const kind = failureIn(error)?.kind
      const isStranger = kind === 'wrong_cluster' || kind === 'wrong_member'
      return { statusSeconds: secondsSince(), ...(isStranger && { stranger: kind }) }
    }
  }

  function judge({ memberId, clusterId }: MemberStatus): Stranger | undefined {
    if (clusterId !== call.clusterId) return 'wrong_cluster'
    return memberId === call.memberId ? undefined : 'wrong_member'
  }
}

/**
 * A page names its member at best, and clusters may share member ids; one without a name is that of who answers Status (metrics.md 1.5).
 */
function withoutStrangers(page: MemberPage | ScrapeFailure, stranger: Stranger): MemberPage | ScrapeFailure {
  // also where the page names another member: of another cluster that is no wonder
  if (stranger === 'wrong_cluster') return { reason: 'parse', detail: stranger }
  if ('reason' in page) return page
  const isNamed = page.info.serverIds.length > 0 // then it is the name of the member that was asked
  return isNamed ? page : { reason: 'parse', detail: stranger }
}
