import { formatAge } from '@etcdmonitor/core/format/format-age'
import { isKnownBad, isUnmaintained } from '@etcdmonitor/core/operations/known-versions'
import type { CurrentAnswer, StatusAnswer } from '../../api/answers.ts'
import { countVoters, memberName } from '../shell/health-model.ts'
import type { DiagnosticsTexts } from './texts.ts'

export interface Check {
  readonly mark: 'ok' | 'warn' | 'crit' | 'unknown'
  readonly title: string
  readonly text: string
  /** What more is known, such as the newest error. */
  readonly detail?: string
}

export interface CheckFacts {
  readonly status: StatusAnswer
  readonly current: CurrentAnswer | undefined
  /** Unix ms by the server's clock. */
  readonly now: number
}

/** More than this between the two clocks, and times on the page may be wrong, ms. */
const CLOCK_MARGIN = 30_000

const STORE_MARKS = { ok: 'ok', degraded: 'warn', unavailable: 'crit' } as const

/** The console's own parts. */
export function consoleChecks({ status, now }: CheckFacts, texts: DiagnosticsTexts): Check[] {
  const { collector, storage } = status
  const cycle = collector.last_cycle_at
  const collected = cycle === null ? texts.never : texts.ago(formatAge(Math.max(1_000, now - cycle * 1_000)))
  return [
    { mark: collector.stale ? 'crit' : 'ok', title: texts.collector, text: collected },
    { mark: STORE_MARKS[storage.metrics], title: texts.history, text: texts.stores[storage.metrics] },
    { mark: STORE_MARKS[storage.state], title: texts.stateStore, text: texts.stores[storage.state] },
  ]
}

/** Whether each member's page is read, apart from how the member is. */
export function scrapeChecks({ status, current, now }: CheckFacts, texts: DiagnosticsTexts): Check[] {
  return status.members.map((member) => {
    const known = current?.members[member.id]
    const at = known?.sample_time
    const detail = [member.scrape_error, ...member.errors].filter(Boolean).join('; ')
    return {
      mark: !current ? 'unknown' : !known || known.stale ? 'warn' : 'ok',
      title: memberName(member.id, status.members),
      text: at ? texts.ago(formatAge(Math.max(1_000, now - at * 1_000))) : texts.never,
      ...(detail && { detail }),
    }
  })
}

/** What stands elsewhere on the page, or is no fault of the cluster. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set([
  'version_skew',
  'tls_unverified',
  'quota_high',
  'collector_stale',
  'operation_running',
  'audit_nearly_full',
])
const CRITICAL: ReadonlySet<string> = new Set(['no_view', 'no_leader', 'alarm_corrupt', 'alarm_nospace'])

/** What hurts now, then what is worth knowing before it hurts. */
export function clusterChecks({ status }: CheckFacts, texts: DiagnosticsTexts): Check[] {
  const { members, health } = status
  const { voters } = countVoters(members)
  const known = members.filter(({ version }) => version !== '')
  const sentence = (which: (version: string) => boolean, say: (who: string) => string) => {
    const found = known.filter(({ version }) => which(version))
    const names = found.map(({ id, version }) => `${memberName(id, members)} (${version})`)
    return names.length === 0 ? '' : say(names.join(', '))
  }
  const reasonsOf = (code: string) => health.reasons.filter((reason) => reason.code === code)
  const warn = (title: string, text: string): Check[] => (text === '' ? [] : [{ mark: 'warn', title, text }])
  const others = health.reasons.filter(({ code }) => !TOLD_ELSEWHERE.has(code))
  return [
    ...others.map(
      ({ code, message, member_id: id }): Check => ({
        mark: CRITICAL.has(code) ? 'crit' : 'warn',
        title: memberName(id, members) || texts.cluster,
        text: message,
      }),
    ),
    ...reasonsOf('version_skew').flatMap(({ message }) => warn(texts.versions, message)),
    ...warn(texts.versions, sentence(isKnownBad, texts.knownBad)),
    ...warn(texts.versions, sentence(isUnmaintained, texts.unmaintained)),
    ...(reasonsOf('tls_unverified').length > 0 ? warn(texts.tls, texts.unverified) : []),
    ...(voters > 0 && voters % 2 === 0 ? warn(texts.voters, texts.even(voters)) : []),
    ...reasonsOf('quota_high').flatMap(({ message }) => warn(texts.quota, message)),
  ]
}

/** `ahead`: by how much the server's clock is ahead of the browser's, ms. */
export function clockCheck(ahead: number, texts: DiagnosticsTexts): Check {
  const apart = Math.abs(ahead)
  // whole seconds on the wire
  const length = apart < 2_000 ? texts.lessThan('2 s') : formatAge(apart)
  return {
    mark: apart > CLOCK_MARGIN ? 'warn' : 'ok',
    title: texts.clocks,
    text: apart > CLOCK_MARGIN ? texts.clocksWrong(length) : texts.clocksRight(length),
  }
}
