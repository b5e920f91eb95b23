import type { ClusterView } from '../etcd/cluster-view.ts'
import type { Alarm } from '../etcd/member.ts'
import { hasAnswered } from '../etcd/member-health.ts'

/** Alarms that any member which answered shows, each once; needs no quorum. */
export function activeAlarms({ members }: ClusterView): readonly Alarm[] {
  const shown = members.filter(hasAnswered).flatMap(({ status }) => status.alarms)
  return [...new Map(shown.map((alarm) => [`${alarm.type} ${alarm.memberId}`, alarm])).values()]
}

export const hasAlarm = (view: ClusterView, type: 'NOSPACE' | 'CORRUPT'): boolean =>
  activeAlarms(view).some((alarm) => alarm.type === type)
