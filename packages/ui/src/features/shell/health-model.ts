import { formatAge } from '@etcdmonitor/core/format/format-age'
import { formatId } from '@etcdmonitor/core/format/format-id'
import { formatInstant, type Reader } from '@etcdmonitor/core/format/format-time'
import type { EndpointAnswer, MemberAnswer, Reason, StatusAnswer } from '../../api/answers.ts'
import type { IconName } from '../../components/Icon.tsx'
import type { Messages } from '../../i18n/messages.ts'

export interface ChipLook {
  readonly icon: IconName
  readonly role: 'ok' | 'warn' | 'crit' | 'muted'
  readonly text: string
}

/** Whether the console answers, and how far its data goes. */
export interface Contact {
  readonly isLost: boolean
  readonly isOverdue: boolean
  /** Time of the newest answer. */
  readonly seenAt: number | undefined
  /** Newest good scrape of any member, Unix ms. */
  readonly sampledAt: number | undefined
}

/** What the chip says. What is old is not in the colour of what is well. */
export function healthChip(
  status: StatusAnswer | undefined,
  { isLost, isOverdue, seenAt, sampledAt }: Contact,
  reader: Reader,
  messages: Messages,
): ChipLook {
  const { health: texts } = messages
  if (isLost) {
    const text =
      seenAt === undefined ? texts.unreachableNever : texts.unreachable(formatInstant(seenAt, reader))
    return { icon: 'offline', role: 'muted', text }
  }
  const look = healthLook(status, sampledAt, reader.now, messages)
  if (!isOverdue || seenAt === undefined) return look
  return { icon: 'stale', role: 'muted', text: texts.old(look.text, formatAge(reader.now - seenAt)) }
}

function healthLook(
  status: StatusAnswer | undefined,
  sampledAt: number | undefined,
  now: number,
  { health: texts }: Messages,
): ChipLook {
  if (!status) return { icon: 'unknown', role: 'muted', text: texts.loading }
  const { answering, voters } = countVoters(status.members)
  switch (status.health.state) {
    case 'healthy':
      return markFailing({ icon: 'ok', role: 'ok', text: texts.healthy(answering, voters) }, status, texts)
    case 'degraded':
      return { icon: 'warn', role: 'warn', text: texts.degraded(answering, voters) }
    case 'critical': {
      const [first] = status.health.reasons
      const reason = first ? (texts.short(first.code) ?? first.code) : ''
      return { icon: 'crit', role: 'crit', text: texts.critical(reason) }
    }
    case 'unknown': {
      const since = dataSince(status, sampledAt)
      const text = since === undefined ? texts.unknown : texts.unknownSince(formatAge(now - since))
      return { icon: 'unknown', role: 'muted', text }
    }
  }
}

/** The cluster is well, but not all of what was configured leads to it. */
function markFailing(look: ChipLook, { endpoints }: StatusAnswer, texts: Messages['health']): ChipLook {
  const failing = countFailing(endpoints)
  return failing === 0 ? look : { icon: 'warn', role: 'warn', text: texts.failing(look.text, failing) }
}

export const countFailing = (endpoints: readonly EndpointAnswer[]): number =>
  endpoints.filter((endpoint) => endpointState(endpoint) === 'failed').length

/** The older of what is seen and what is stored; members that were only read from the store are not seen. */
function dataSince({ as_of: seen }: StatusAnswer, sampledAt: number | undefined): number | undefined {
  if (seen === null) return sampledAt
  return sampledAt === undefined ? seen * 1_000 : Math.min(seen * 1_000, sampledAt)
}

/** The sentence of a reason, by its code and member; the server's own words for a code that is not known. */
export function reasonText(reason: Reason, members: readonly MemberAnswer[], messages: Messages): string {
  return messages.health.reasons(reason.code, memberName(reason.member_id, members)) ?? reason.message
}

/** Its name; its id where it has none; `''` for no member. */
export function memberName(
  id: string | undefined,
  members: readonly Pick<MemberAnswer, 'id' | 'name'>[],
): string {
  if (id === undefined) return ''
  return members.find((member) => member.id === id)?.name || formatId(id)
}

export interface VoterCount {
  readonly answering: number
  readonly voters: number
}

export function countVoters(members: readonly MemberAnswer[]): VoterCount {
  const voters = members.filter(({ is_learner }) => !is_learner)
  return { voters: voters.length, answering: voters.filter(({ status }) => status !== 'unreachable').length }
}

/** Waiting: not one probe has ended yet. */
export const endpointState = ({
  ok,
  checked_at,
}: Pick<EndpointAnswer, 'ok' | 'checked_at'>): 'ready' | 'waiting' | 'failed' =>
  ok ? 'ready' : checked_at === null ? 'waiting' : 'failed'

const NOT_REACHED: ReadonlySet<EndpointAnswer['stage']> = new Set(['dns', 'tcp', 'tls'])

/** Nobody speaks there, not even to say that there is no leader; a process that took the call and hangs does not either. */
export const isSilent = (endpoint: EndpointAnswer): boolean =>
  endpointState(endpoint) === 'failed' && (NOT_REACHED.has(endpoint.stage) || endpoint.kind === 'deadline')
