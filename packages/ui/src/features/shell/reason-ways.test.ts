import { expect, it } from 'vitest'
import type { Reason } from '../../api/answers.ts'
import { en } from '../../i18n/en.ts'
import { reasonWays } from './reason-ways.ts'

const ways = (reason: Partial<Reason>) =>
  reasonWays({ code: 'no_leader', message: '', ...reason }, 'etcd-7', en).map(
    ({ href, text }) => `${text} ${href}`,
  )

it.each<[string, Partial<Reason>, string[]]>([
  [
    'to the member and to Diagnostics',
    { code: 'member_unreachable', member_id: '7' },
    ['etcd-7 /monitor?member=7', 'Diagnostics /diagnostics'],
  ],
  ['to Diagnostics alone where no member is named', { code: 'no_leader' }, ['Diagnostics /diagnostics']],
  [
    'to the steps out of an alarm',
    { code: 'alarm_nospace', member_id: '7' },
    ['etcd-7 /monitor?member=7', 'Rescue steps /operations?task=alarms'],
  ],
  [
    'to what makes the file smaller',
    { code: 'quota_high', member_id: '7' },
    ['etcd-7 /monitor?member=7', 'Defragment /operations?task=defragment'],
  ],
  ['nowhere from a reason that this version does not know', { code: 'new_one' as never }, []],
])('lead %s', (_, reason, expected) => {
  expect(ways(reason)).toEqual(expected)
})
