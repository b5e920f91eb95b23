import { describeScrapeFailure } from '@etcdmonitor/core/metrics/scrape/scrape-reason'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { MemberInfo } from '@etcdmonitor/core/ports/metrics-store'
import type { KnownMember } from '../discover/known-cluster.ts'
import type { Target } from '../discover/pick-targets.ts'
import type { Scraped } from './scrape-member.ts'

/** What is known of the members of one cluster beside their samples; a text that was read once stays until there is a newer one. */
export interface MemberNotes {
  /** Takes what a tick said of a member, and logs what changed: one line a change, not one a tick. */
  take(target: Target, scraped: Scraped): void
  /** Undefined: nothing was taken and nothing remembered. */
  infoOf(memberId: string): MemberInfo | undefined
  /** Whether the member answered its last Status. */
  isUp(memberId: string): boolean
  /** Forgets all other members. */
  keepOnly(memberIds: readonly string[]): void
}

interface Note {
  readonly info: MemberInfo
  readonly isUp: boolean
}

const MAX_NAME = 128
const MAX_VERSION = 64

export function createMemberNotes({ log, hasMetricsEndpoint, known }: MemberNotesDeps): MemberNotes {
  const notes = new Map<string, Note>(
    known.map((member) => [member.memberId, { info: { ...member, scrapeError: '' }, isUp: false }]),
  )

  return {
    infoOf: (memberId) => notes.get(memberId)?.info,
    isUp: (memberId) => notes.get(memberId)?.isUp ?? false,
    keepOnly(memberIds) {
      for (const memberId of notes.keys()) if (!memberIds.includes(memberId)) notes.delete(memberId)
    },
    take(target, scraped) {
      const before = notes.get(target.memberId) ?? emptyNote(target.memberId)
      const next: Note = {
        info: toInfo(target, scraped, before.info, hasMetricsEndpoint),
        isUp: scraped.status !== undefined,
      }
      notes.set(target.memberId, next)
      logChanges(log, before.info, next.info)
    },
  }
}

export interface MemberNotesDeps {
  readonly log: Log
  /** Whether `etcd.metrics_endpoint` is set. */
  readonly hasMetricsEndpoint: boolean
  readonly known: readonly KnownMember[]
}

const emptyNote = (memberId: string): Note => ({
  info: { memberId, name: '', serverVersion: '', clusterVersion: '', goVersion: '', scrapeError: '' },
  isUp: false,
})

function toInfo(
  { memberId, name }: Target,
  { page, status }: Scraped,
  before: MemberInfo,
  hasMetricsEndpoint: boolean,
): MemberInfo {
  const info = 'reason' in page ? undefined : page.info
  const version = (text: string | undefined, old: string) => (text ?? old).slice(0, MAX_VERSION)
  return {
    memberId,
    name: (name || before.name).slice(0, MAX_NAME),
    serverVersion: version(info?.serverVersion ?? status?.serverVersion, before.serverVersion),
    clusterVersion: version(info?.clusterVersion, before.clusterVersion),
    goVersion: version(info?.goVersion, before.goVersion),
    scrapeError: 'reason' in page ? describeScrapeFailure(page, { hasMetricsEndpoint }) : '',
  }
}

/** Of Status nothing: the adapter tells when an address stops or starts to answer. */
function logChanges(log: Log, before: MemberInfo, next: MemberInfo): void {
  const member = { member_id: next.memberId, name: next.name }
  if (next.scrapeError !== before.scrapeError) {
    if (next.scrapeError === '') log.info('scrape_recovered', member)
    else log.warn('scrape_failed', { ...member, reason: next.scrapeError })
  }
  for (const field of ['serverVersion', 'clusterVersion'] as const) {
    const [from, to] = [before[field], next[field]]
    if (from !== '' && from !== to) {
      const version = field === 'serverVersion' ? 'server' : 'cluster'
      log.info('version_changed', { ...member, version, from, to })
    }
  }
}
