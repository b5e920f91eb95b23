import { formatAge } from '@etcdmonitor/core/format/format-age'
import type { StatusAnswer } from '../../api/answers.ts'
import type { ClusterMessages } from '../../i18n/cluster-messages.ts'
import { type ChipLook, countVoters, memberName } from '../shell/health-model.ts'
import type { UnbrokenRun } from '../since/unbroken-run.ts'

const ALARMS: ReadonlyMap<string, string> = new Map([
  ['alarm_nospace', 'NOSPACE'],
  ['alarm_corrupt', 'CORRUPT'],
])

const LOOKS = {
  healthy: { icon: 'ok', role: 'ok' },
  degraded: { icon: 'warn', role: 'warn' },
  critical: { icon: 'crit', role: 'crit' },
  unknown: { icon: 'unknown', role: 'muted' },
} as const satisfies Record<string, Omit<ChipLook, 'text'>>

/** Whether the cluster is well, in one line, and how many voters more it can lose. */
export function verdictOf(
  status: StatusAnswer,
  leading: UnbrokenRun | undefined,
  { cluster: texts }: Pick<ClusterMessages, 'cluster'>,
): ChipLook {
  const { members, health } = status
  const { answering, voters } = countVoters(members)
  const facts = [
    texts.answering(answering, voters),
    leaderText(status, leading, texts),
    alarmText(status, texts),
  ]
  const sentences = [texts.states[health.state], facts.join(', '), mayFailText(answering, voters, texts)]
  if (voters > 0 && voters % 2 === 0) sentences.push(texts.even)
  return { ...LOOKS[health.state], text: sentences.filter(Boolean).map(toSentence).join(' ') }
}

/** `floor((voters − 1) / 2)` may be away at once; those that are, count. */
function mayFailText(answering: number, voters: number, texts: ClusterMessages['cluster']): string {
  if (voters === 0) return ''
  const left = Math.max(0, Math.floor((voters - 1) / 2) - (voters - answering))
  return texts.mayFail(left)
}

function leaderText(
  { members }: StatusAnswer,
  leading: UnbrokenRun | undefined,
  texts: ClusterMessages['cluster'],
): string {
  const leader = members.find(({ is_leader }) => is_leader)
  if (!leader) return texts.noLeader
  const name = memberName(leader.id, members)
  return leading ? texts.leaderFor(name, formatAge(leading.length), leading.bound) : texts.leader(name)
}

function alarmText({ health, members }: StatusAnswer, texts: ClusterMessages['cluster']): string {
  const alarms = health.reasons.flatMap(({ code, member_id }) => {
    const type = ALARMS.get(code)
    return type === undefined ? [] : [texts.alarmOf(type, memberName(member_id, members))]
  })
  return alarms.length === 0 ? texts.noAlarms : texts.alarms(alarms.join(', '))
}

const toSentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`)
