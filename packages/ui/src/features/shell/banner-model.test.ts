import { describe, expect, it } from 'vitest'
import { aMember, anEndpoint, aStatus } from '../../../test/answers.ts'
import type { Reason } from '../../api/answers.ts'
import { en } from '../../i18n/en.ts'
import { bannersOf, lockBanner, sessionBanner } from './banner-model.ts'

const reader = { now: Date.UTC(2026, 8, 21, 14, 10), zone: 'UTC' }
const sampledAt = () => Date.UTC(2026, 8, 21, 14, 2, 10)
const reason = (code: Reason['code'], member_id?: string): Reason => ({
  code,
  message: `${code} says the server`,
  ...(member_id && { member_id }),
})
const banners = (reasons: readonly Reason[], changes: Partial<ReturnType<typeof aStatus>> = {}) =>
  bannersOf(
    aStatus({ health: { state: 'degraded', reasons: [...reasons] }, ...changes }),
    sampledAt,
    reader,
    en,
  )
const texts = (...given: Parameters<typeof banners>) => banners(...given).map(({ text }) => text)

describe('bannersOf', () => {
  it('is silent while all is well', () => {
    expect(banners([])).toEqual([])
  })

  it('names the member that is down, and since when', () => {
    const members = [aMember('8', { status: 'unreachable', errors: ['tcp: connection refused', 'older'] })]
    expect(banners([reason('member_unreachable', '8')], { members })).toEqual([
      {
        key: 'member_unreachable 8',
        severity: 'warn',
        text: 'etcd-8 does not answer since 14:02:10.',
        detail: 'tcp: connection refused',
        way: 'diagnostics',
      },
    ])
  })

  it('says once that everything is down', () => {
    const endpoints = [
      anEndpoint({ ok: false, stage: 'tcp', kind: 'refused' }),
      anEndpoint({ ok: false, stage: 'ready', kind: 'deadline' }),
    ]
    const down = [reason('no_leader'), reason('member_unreachable', '7'), reason('member_unreachable', '8')]
    expect(texts(down, { endpoints })).toEqual([
      'Every etcd endpoint is down since 14:02:10. History still works.',
    ])
    expect(texts([reason('no_leader')])).toEqual([
      'etcd has no leader: it takes no writes. History still works.',
    ])
  })

  it('counts voters when the quorum is lost and somebody still answers', () => {
    const members = [aMember('7'), ...['8', '9'].map((id) => aMember(id, { status: 'unreachable' }))]
    const gone = anEndpoint({ ok: false, stage: 'tcp', kind: 'refused' })
    const leaderless = anEndpoint({ ok: false, stage: 'quorum', kind: 'no_leader' })
    const reasons = [reason('no_leader'), reason('member_unreachable', '8')]
    expect(texts(reasons, { members, endpoints: [leaderless, gone, gone] })).toEqual([
      'No quorum, 1 of 3 voters answers: etcd takes no writes. History still works.',
      'etcd-8 does not answer since 14:02:10.',
    ])
  })

  it('does not speak of history when nothing ever answered, and of nothing before the first probe has ended', () => {
    const silent = anEndpoint({ ok: false, stage: 'tcp', kind: 'refused' })
    const waiting = anEndpoint({ ok: false, stage: 'dns', checked_at: null })
    const first = (endpoints: ReturnType<typeof anEndpoint>[], at: number | undefined) =>
      bannersOf(
        aStatus({
          members: [],
          endpoints,
          health: { state: 'unknown', reasons: [reason('no_view')] },
          collector: { last_cycle_at: null, age_seconds: null, stale: true },
        }),
        () => at,
        reader,
        en,
      )
    expect(first([silent], undefined)).toMatchObject([
      { severity: 'crit', text: 'No etcd endpoint has answered yet.' },
    ])
    expect(first([silent], sampledAt())).toMatchObject([
      { severity: 'crit', text: 'Every etcd endpoint is down since 14:02:10. History still works.' },
    ])
    expect(first([waiting, silent], undefined)).toEqual([])
  })

  it('puts the most severe first', () => {
    const reasons = [reason('tls_unverified'), reason('version_skew'), reason('alarm_nospace', '9')]
    expect(banners(reasons).map(({ severity }) => severity)).toEqual(['crit', 'warn', 'warn'])
    expect(texts(reasons)[0]).toBe('etcd-9 raised NOSPACE: the cluster takes no writes.')
  })

  it('tells of our own parts', () => {
    const storage = { metrics: 'unavailable', state: 'ok' } as const
    const collector = { last_cycle_at: Date.UTC(2026, 8, 21, 13, 0) / 1_000, age_seconds: 4_200, stale: true }
    expect(texts([reason('collector_stale')], { storage, collector })).toEqual([
      'The collector has not reported since 13:00:00. Values below are old.',
      'History is not available: the time-series store does not answer.',
    ])
  })

  it('blames the clocks when the newest tick is of the future', () => {
    const collector = { last_cycle_at: reader.now / 1_000 + 3_600, age_seconds: 0, stale: true }
    expect(banners([reason('collector_stale')], { collector })).toMatchObject([
      {
        text: 'The clocks of collector and console differ. Values below are old.',
        detail: 'collector_stale says the server',
      },
    ])
  })

  it('speaks of no old values while a collector that never ran has stored none', () => {
    const collector = { last_cycle_at: null, age_seconds: null, stale: true }
    expect(texts([reason('collector_stale')], { collector })).toEqual(['The collector has not reported yet.'])
  })

  it('leaves to the chip what is no more than that, and what it does not know', () => {
    // biome-ignore lint/suspicious/noExplicitAny: a code that a later server may have
    expect(banners([reason('no_view'), reason('quorum_at_risk'), reason('brand_new' as any)])).toEqual([])
  })
})

it.each([
  [1_000, 700_000, 'Your session ends in 5:00. Sign in again to keep working.'],
  [1_000, 999_000, 'Your session ends in 0:01. Sign in again to keep working.'],
  [1_000, 699_999, undefined],
  [1_000, 1_000_000, undefined],
  [0, 1_000_000, undefined],
])('of a session that ends at %d s says at %d ms: %s', (expiresAt, now, text) => {
  expect(sessionBanner(expiresAt, now, en)?.text).toBe(text)
})

it('tells of a lock, and of the way in that is left', () => {
  const entry = { id: 91, username: 'admin', timestamp: Date.UTC(2026, 8, 21, 14, 2, 10) / 1_000 }
  expect(lockBanner(entry, reader, en)).toEqual({
    key: 'lock 91',
    severity: 'warn',
    text: 'Account admin was locked after failed sign-ins at 14:02:10.',
    detail: 'If that goes on, "etcdmonitor users add NAME --generate" on the host makes another way in.',
    isDismissible: true,
  })
})
