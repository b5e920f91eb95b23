import type { HealthCode } from '@etcdmonitor/core/etcd/health-reasons'
import { formatCountdown } from '@etcdmonitor/core/format/format-age'
import { formatInstant, type Reader } from '@etcdmonitor/core/format/format-time'
import type { AuditEntryAnswer, StatusAnswer } from '../../api/answers.ts'
import type { Severity } from '../../components/Banner.tsx'
import type { Messages } from '../../i18n/messages.ts'
import { countVoters, isSilent, memberName, type VoterCount } from './health-model.ts'

export interface BannerText {
  readonly key: string
  readonly severity: Severity
  readonly text: string
  /** What else is to be said of it, such as the server's own words. */
  readonly detail?: string
  /** Tells of something that is over: who has read it can put it away. */
  readonly isDismissible?: true
  /** Where one goes from it. */
  readonly way?: 'diagnostics' | 'rescue'
}

/** Newest successful scrape of a member, of any when none is named, Unix ms; undefined when it is not known. */
export type SampledAt = (memberId?: string) => number | undefined

interface Facts {
  readonly texts: Messages['banners']
  /** Name of the member concerned. */
  readonly who: string
  readonly message: string
  /** Its newest error. */
  readonly why: Pick<BannerText, 'detail'>
  /** No configured endpoint answers at all. */
  readonly allDown: boolean
  readonly count: VoterCount
  /** ` since 14:02:10`, or `''`. */
  readonly sinceSample: string
  readonly sinceAnySample: string
  readonly sinceCycle: string
  /** The newest tick is of the future. */
  readonly isCycleAhead: boolean
}

type Said = Omit<BannerText, 'key'>

const WAYS: Readonly<Partial<Record<HealthCode, NonNullable<BannerText['way']>>>> = {
  no_view: 'diagnostics',
  no_leader: 'diagnostics',
  member_unreachable: 'diagnostics',
  member_unhealthy: 'diagnostics',
  collector_stale: 'diagnostics',
  tls_unverified: 'diagnostics',
  version_skew: 'diagnostics',
  alarm_nospace: 'rescue',
  alarm_corrupt: 'rescue',
}
const ORDER: readonly Severity[] = ['crit', 'warn', 'info']
const ENDS_SOON = 300_000

/** What each reason says over every page; undefined: what it would say is said by another banner, or by the chip alone. */
const BANNERS: Readonly<Record<HealthCode, (facts: Facts) => Said | undefined>> = {
  no_view: ({ texts, allDown, sinceAnySample }) => {
    if (!allDown) return undefined
    return { severity: 'crit', text: sinceAnySample ? texts.allDown(sinceAnySample) : texts.neverAnswered }
  },
  quorum_at_risk: () => undefined,
  no_leader: (facts) => ({ severity: 'crit', text: whyNoLeader(facts) }),
  alarm_nospace: ({ texts, who }) => ({ severity: 'crit', text: texts.nospace(who) }),
  alarm_corrupt: ({ texts, who }) => ({ severity: 'crit', text: texts.corrupt(who) }),
  member_unreachable: ({ texts, who, allDown, sinceSample, why }) =>
    allDown ? undefined : { severity: 'warn', text: texts.memberDown(who, sinceSample), ...why },
  member_unhealthy: ({ texts, who, message: detail }) => ({
    severity: 'warn',
    text: texts.memberUnhealthy(who),
    detail,
  }),
  collector_stale: ({ texts, sinceCycle, isCycleAhead, message: detail }) =>
    isCycleAhead
      ? { severity: 'warn', text: texts.clocksDiffer, detail }
      : { severity: 'warn', text: sinceCycle ? texts.collectorStale(sinceCycle) : texts.collectorNever },
  mixed_history: ({ texts, message: detail }) => ({ severity: 'crit', text: texts.mixedHistory, detail }),
  operation_running: ({ message: text }) => ({ severity: 'info', text }),
  data_reset: ({ texts, message: detail }) => ({ severity: 'warn', text: texts.dataReset, detail }),
  quota_high: ({ texts, who, message: detail }) => ({ severity: 'warn', text: texts.quotaHigh(who), detail }),
  version_skew: ({ texts, message: detail }) => ({ severity: 'warn', text: texts.versionSkew, detail }),
  tls_unverified: ({ texts }) => ({ severity: 'warn', text: texts.tlsUnverified }),
  audit_nearly_full: () => undefined,
}

const whyNoLeader = ({ texts, allDown, count, sinceAnySample }: Facts): string => {
  if (allDown) return texts.allDown(sinceAnySample)
  const hasQuorum = count.answering > count.voters / 2
  return hasQuorum ? texts.noLeader : texts.noQuorum(count.answering, count.voters)
}

/** What must be said over every page, the most severe first (ui.md 3). */
export function bannersOf(
  status: StatusAnswer,
  sampledAt: SampledAt,
  reader: Reader,
  { banners: texts, somebody }: Pick<Messages, 'banners' | 'somebody'>,
): BannerText[] {
  const since = (at: number | undefined) => (at === undefined ? '' : texts.since(formatInstant(at, reader)))
  const { last_cycle_at: cycle } = status.collector
  const allDown = status.endpoints.length > 0 && status.endpoints.every(isSilent)
  const count = countVoters(status.members)
  const banners = status.health.reasons.flatMap(({ code, message, member_id: id }): BannerText[] => {
    // a later server may know more reasons than this page
    const said = BANNERS[code]?.({
      texts,
      message,
      why: newestError(id, status),
      who: memberName(id, status.members) || somebody,
      allDown,
      count,
      sinceSample: since(sampledAt(id)),
      sinceAnySample: since(sampledAt()),
      sinceCycle: since(cycle === null ? undefined : cycle * 1_000),
      isCycleAhead: cycle !== null && cycle * 1_000 > reader.now,
    })
    const way = WAYS[code]
    return said ? [{ key: `${code} ${id ?? ''}`, ...said, ...(way && { way }) }] : []
  })
  if (status.storage.metrics === 'unavailable') {
    banners.push({ key: 'storage', severity: 'warn', text: texts.storageSilent })
  }
  return banners.toSorted((one, other) => ORDER.indexOf(one.severity) - ORDER.indexOf(other.severity))
}

/** The stage that a silent member's probe failed at comes before what it said last. */
function newestError(id: string | undefined, { members }: StatusAnswer): Pick<BannerText, 'detail'> {
  const detail = members.find((member) => member.id === id)?.errors[0]
  return detail === undefined ? {} : { detail }
}

/** Near the end of a session; `expiresAt` in Unix seconds, 0 = never. */
export function sessionBanner(expiresAt: number, now: number, messages: Messages): BannerText | undefined {
  const left = expiresAt * 1_000 - now
  if (expiresAt === 0 || left > ENDS_SOON || left <= 0) return undefined
  return { key: 'session', severity: 'info', text: messages.banners.sessionEnds(formatCountdown(left)) }
}

/** Of the newest lock after failed sign-ins. */
export const lockBanner = (
  { id, username, timestamp }: Pick<AuditEntryAnswer, 'id' | 'username' | 'timestamp'>,
  reader: Reader,
  { banners: texts }: Pick<Messages, 'banners'>,
): BannerText => ({
  key: `lock ${id}`,
  severity: 'warn',
  text: texts.locked(username, formatInstant(timestamp * 1_000, reader)),
  detail: texts.lockDetail,
  isDismissible: true,
})
