import type { HealthCode } from '@etcdmonitor/core/etcd/health-reasons'
import type { Reason } from '../../api/answers.ts'
import type { Messages } from '../../i18n/messages.ts'
import { operationsHref } from '../../url/operations-url.ts'

export interface Way {
  readonly href: string
  readonly text: string
  /** The place is that of operations, which may be switched off. */
  readonly isOps: boolean
}

type Place = 'diagnostics' | 'alarms' | 'audit' | 'runs' | 'defragment'

/** Where one looks after a reason; a member that is named has a way of its own besides. */
const PLACES: Readonly<Partial<Record<HealthCode, Place>>> = {
  no_view: 'diagnostics',
  no_leader: 'diagnostics',
  quorum_at_risk: 'diagnostics',
  member_unreachable: 'diagnostics',
  member_unhealthy: 'diagnostics',
  collector_stale: 'diagnostics',
  mixed_history: 'diagnostics',
  tls_unverified: 'diagnostics',
  version_skew: 'diagnostics',
  alarm_nospace: 'alarms',
  alarm_corrupt: 'alarms',
  quota_high: 'defragment',
  operation_running: 'runs',
  audit_nearly_full: 'audit',
}

/** The ways from a reason, `who` being the name of its member. */
export function reasonWays(
  { code, member_id: id }: Reason,
  who: string,
  { pages, banners, health }: Pick<Messages, 'pages' | 'banners' | 'health'>,
): Way[] {
  const place = PLACES[code] // a later server may know more reasons than this page
  const member: Way[] = id === undefined ? [] : [{ href: `/monitor?member=${id}`, text: who, isOps: false }]
  if (place === undefined) return member
  if (place === 'diagnostics')
    return [...member, { href: '/diagnostics', text: pages.diagnostics, isOps: false }]
  const text = place === 'alarms' ? banners.ways.rescue : health.tasks[place]
  return [...member, { href: operationsHref({ task: place }), text, isOps: true }]
}
