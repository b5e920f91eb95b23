import { expect, it } from 'vitest'
import { aMember, anEndpoint, aStatus } from '../../../test/answers.ts'
import { en } from '../../i18n/en.ts'
import { healthChip, memberName, reasonText } from './health-model.ts'

const reader = { now: Date.UTC(2026, 8, 21, 14, 10), zone: 'UTC' }
const here = { isLost: false, isOverdue: false, seenAt: undefined, sampledAt: undefined }
const withHealth = (health: ReturnType<typeof aStatus>['health'], changes = {}) =>
  aStatus({ health, ...changes })
const failing = anEndpoint({ ok: false, stage: 'tcp', kind: 'refused' })
const waiting = anEndpoint({ ok: false, stage: 'dns', checked_at: null })
const down = aMember('9', { status: 'unreachable' })

it.each([
  [aStatus(), 'ok', 'Healthy 3/3'],
  [
    withHealth({ state: 'degraded', reasons: [] }, { members: [aMember('7'), aMember('8'), down] }),
    'warn',
    'Degraded 2/3',
  ],
  [
    withHealth(
      { state: 'degraded', reasons: [] },
      { members: [aMember('7'), aMember('8', { is_learner: true })] },
    ),
    'warn',
    'Degraded 1/1',
  ],
  [
    withHealth({ state: 'critical', reasons: [{ code: 'no_leader', message: '' }] }),
    'crit',
    'Critical: no leader',
  ],
  [
    withHealth({ state: 'critical', reasons: [{ code: 'alarm_nospace', message: '' }] }),
    'crit',
    'Critical: NOSPACE',
  ],
  [aStatus({ endpoints: [anEndpoint(), failing, waiting] }), 'warn', 'Healthy 3/3, 1 endpoint fails'],
  [undefined, 'muted', 'Health'],
])('says of %j: %s %s', (status, role, text) => {
  expect(healthChip(status, here, reader, en)).toMatchObject({ role, text })
})

it('says when the console was last there', () => {
  const seenAt = Date.UTC(2026, 8, 21, 14, 2, 10)
  expect(healthChip(aStatus(), { ...here, isLost: true, isOverdue: true, seenAt }, reader, en).text).toBe(
    'Console not reachable, last seen 14:02:10',
  )
  expect(healthChip(undefined, { ...here, isLost: true }, reader, en).text).toBe('Console not reachable')
})

it.each([
  ['the view', 180, undefined, 'Unknown: no data for 3 min'],
  ['the store, once nobody was ever seen', undefined, 3_600, 'Unknown: no data for 1 h'],
  ['the older of both', 2, 3_600, 'Unknown: no data for 1 h'],
  ['nothing', undefined, undefined, 'Unknown: no data'],
])('tells for how long nothing is known by %s', (_, seen, sampled, text) => {
  const status = withHealth(
    { state: 'unknown', reasons: [] },
    { as_of: seen === undefined ? null : reader.now / 1_000 - seen },
  )
  const sampledAt = sampled === undefined ? undefined : reader.now - sampled * 1_000
  expect(healthChip(status, { ...here, sampledAt }, reader, en)).toMatchObject({ role: 'muted', text })
})

it('calls old what no answer confirmed in time', () => {
  const seenAt = reader.now - 23_000
  expect(healthChip(aStatus(), { ...here, isOverdue: true, seenAt }, reader, en)).toEqual({
    icon: 'stale',
    role: 'muted',
    text: 'Healthy 3/3, 23 s old',
  })
})

it('words a reason by its code and member, an unknown one by the server', () => {
  const members = [aMember('7')]
  expect(reasonText({ code: 'member_unreachable', message: 'x', member_id: '7' }, members, en)).toBe(
    'etcd-7 does not answer.',
  )
  // biome-ignore lint/suspicious/noExplicitAny: a code that a later server may have
  expect(reasonText({ code: 'brand_new' as any, message: 'server words' }, members, en)).toBe('server words')
})

it('names a member by its id where it has no name', () => {
  expect(memberName('10276657743932975437', [])).toBe('8e9e05c52164694d')
  expect(memberName('7', [aMember('7', { name: '' })])).toBe('0000000000000007')
  expect(memberName(undefined, [])).toBe('')
})
