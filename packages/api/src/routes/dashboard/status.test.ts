import { AppError } from '@etcdmonitor/core/errors'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  ALPHA,
  BETA,
  breakable,
  CLUSTER,
  type DashboardApi,
  type DashboardStore,
  gone,
  NEWEST,
  NOW,
  openApp,
  openDashboard,
} from '../../dashboard-rig.contract.ts'

let store: DashboardStore
let api: DashboardApi
beforeEach(async () => {
  ;({ store, api } = await openDashboard())
})

/** As the collector writes it. */
const describeReset = (clusterId: string, memberId: string, at: number) =>
  store.writer.describe(clusterId, [
    {
      memberId,
      name: '',
      serverVersion: '',
      clusterVersion: '',
      goVersion: '',
      scrapeError: '',
      dataReset: { at, before: '48211', after: '3' },
    },
  ])

describe('/api/status', () => {
  it('tells of cluster, collector and stores', async () => {
    const { status, body } = await api.get('/api/status')
    expect(status).toBe(200)
    expect(body).toMatchObject({
      status: 'running',
      app_version: '1.2.3',
      collector_up: true,
      etcd_endpoint: 'http://alpha.invalid:2379,http://beta.invalid:2379',
      etcd_version: '3.4.23',
      collect_interval: 30,
      retention_days: 7,
      history: { from: NEWEST / 1_000 - 39 * 30, single_scrapes_from: NEWEST / 1_000 - 39 * 30 },
      default_member_id: ALPHA,
      member_count: 2,
      timestamp: NOW / 1_000,
      cluster_id: CLUSTER,
      stale: false,
      health: { state: 'healthy', reasons: [] },
      collector: { last_cycle_at: NEWEST / 1_000, age_seconds: 3, stale: false },
      data_since: 0,
      storage: { metrics: 'ok', state: 'ok' },
    })
    expect(body.members).toEqual((await api.get('/api/members')).body.members)
    expect(body.endpoints[0]).toEqual({
      endpoint: 'http://alpha.invalid:2379',
      ok: true,
      role: 'member',
      stage: 'ready',
      kind: '',
      error: '',
      latency_ms: 0,
      checked_at: NOW / 1_000,
    })
  })

  it('F4 D8 names stage and kind of every endpoint that fails, and is critical', async () => {
    await api.get('/api/status')
    api.etcd.setDown(ALPHA, 'refused')
    api.etcd.setDown(BETA, 'tls_expired')
    await api.clock.advance(60_000)
    const { status, body } = await api.get('/api/status')
    expect([status, body.stale, body.health.state]).toEqual([200, true, 'critical'])
    expect(body.endpoints).toMatchObject([
      {
        ok: false,
        stage: 'tcp',
        kind: 'refused',
        error: expect.stringMatching(/^connection refused: nothing listens/),
      },
      {
        ok: false,
        stage: 'tls',
        kind: 'tls_expired',
        error: 'the certificate of the server has expired: renew it',
      },
    ])
    expect(body.health.reasons).toMatchObject([
      { code: 'no_leader' },
      { code: 'member_unreachable', member_id: ALPHA, message: 'alpha did not answer for 63 s' },
      { code: 'member_unreachable', member_id: BETA },
    ])
  })

  it('waits for an endpoint that has not said anything yet, and calls it no failure', async () => {
    for (const member of [ALPHA, BETA]) api.etcd.setDelay(member, Number.POSITIVE_INFINITY)
    const asking = api.get('/api/status')
    while (api.etcd.calls().length === 0) await api.clock.settle()
    await api.clock.advance(2_000)
    const { body } = await asking
    expect(body.endpoints).toMatchObject(
      Array(2).fill({ ok: false, kind: '', error: 'waiting for an answer', checked_at: null }),
    )
  })

  it('does not wait for a member that hangs once the others are known', async () => {
    await api.get('/api/status')
    api.etcd.setDelay(BETA, Number.POSITIVE_INFINITY)
    await api.clock.advance(10_000)
    const before = api.etcd.calls().length
    const asking = api.get('/api/status')
    while (api.etcd.calls().length === before) await api.clock.settle()
    await api.clock.advance(300)
    const { body } = await asking
    expect(body).toMatchObject({ timestamp: NOW / 1_000 + 10, health: { state: 'healthy' } })
    expect(body.members).toMatchObject([{ checked_at: NOW / 1_000 + 10 }, { checked_at: NOW / 1_000 }])
    await api.clock.advance(2_700) // the probe of that member ends beside it
    expect((await api.get('/api/status')).body.members[1]).toMatchObject({
      status: 'unreachable',
      errors: [
        'ready: the process accepts connections but does not answer: it may be starting without a quorum, hang, or be defragmenting',
      ],
    })
  })

  it('says that the collector is silent', async () => {
    await api.clock.advance(90_000)
    expect((await api.get('/api/status')).body).toMatchObject({
      collector_up: false,
      collector: { age_seconds: 93, stale: true },
      health: { state: 'degraded', reasons: [{ code: 'collector_stale' }] },
    })
  })

  it('says whose database nears its quota, also while etcd is down', async () => {
    const size = (memberId: string, total: number) => ({
      memberId,
      scalars: [
        { source: 'collector_up' as const, labels: {}, value: 1 },
        { source: 'db_total' as const, labels: {}, value: total },
        { source: 'quota_bytes' as const, labels: {}, value: 1_000 },
      ],
      histograms: [],
    })
    const members = [size(ALPHA, 750), size(BETA, 900)]
    await store.writer.append({ clusterId: CLUSTER, at: NEWEST + 30_000, members })
    const high = { code: 'quota_high', member_id: BETA, message: 'beta uses 90 % of its database quota' }
    const { body } = await api.get('/api/status')
    expect(body.health).toEqual({ state: 'degraded', reasons: [high] })
    for (const id of [ALPHA, BETA]) api.etcd.setDown(id)
    await api.clock.advance(60_000)
    expect((await api.get('/api/status')).body.health.reasons).toContainEqual(high)
  })

  it('F59 says since when the data is there, of what the store keeps and of what it saw itself, the later', async () => {
    await describeReset(CLUSTER, ALPHA, NOW - 7_200_500)
    await describeReset(CLUSTER, BETA, NOW - 90_000_000)
    await describeReset('8', ALPHA, NOW - 1_000)
    const { body } = await api.get('/api/status')
    expect(body.data_since).toBe(1_789_992_782)
    expect(body.health).toEqual({
      state: 'degraded',
      reasons: [
        {
          code: 'data_reset',
          message: 'wiped or restored at 2026-09-21T12:13:02Z: the revision went from 48211 to 3',
        },
      ],
    })
    const answer = (revision: string, raftIndex: string) => {
      for (const id of [ALPHA, BETA]) api.etcd.setStatus(id, { revision, raftIndex })
    }
    answer('700', '900')
    await api.clock.advance(10_000)
    await api.get('/api/status')
    answer('4', '9')
    for (const _ of ['the first round below', 'the second']) {
      await api.clock.advance(10_000)
      await api.get('/api/status')
    }
    expect((await api.get('/api/status')).body.data_since).toBe(NOW / 1_000 + 20)
  })

  it('F59 gives the time of a reset, but no reason, when a day has gone', async () => {
    await describeReset(CLUSTER, ALPHA, NOW - 86_400_000)
    expect((await api.get('/api/status')).body).toMatchObject({
      data_since: NOW / 1_000 - 86_400,
      health: { state: 'healthy', reasons: [] },
    })
  })

  it('is served while the store is away', async () => {
    const { metrics, fail } = breakable(store.reader)
    const { get } = await openApp({ metrics })
    fail(gone)
    expect((await get('/api/status')).body).toMatchObject({ status: 'running', history: { from: null } })
    expect((await get('/api/members')).body.members).toHaveLength(2)
  })

  it('says that the audit log is nearly full, from 80 % on, counted every 5 min', async () => {
    let rows = 7_999
    let isAway = false
    let held = Promise.resolve()
    const counted: number[] = []
    const audit = {
      async countRows() {
        counted.push(rows)
        await held
        if (isAway) throw new AppError('auth_store_unavailable', 'away')
        return rows
      },
    }
    const mine = await openApp({ metrics: store.reader, audit })
    const full = async () => {
      const { body } = await mine.get('/api/status')
      return body.health.reasons.filter(({ code }: { code: string }) => code === 'audit_nearly_full')
    }
    const message = 'the audit log holds 8000 of 10000 rows; beyond, the oldest go'
    expect(await Promise.all([full(), full()])).toEqual([[], []])
    rows = 8_000
    expect(await full()).toEqual([])
    await mine.clock.advance(300_000)
    expect(await full()).toEqual([{ code: 'audit_nearly_full', message }])
    expect(counted).toEqual([7_999, 8_000])
    rows = 1
    let end = () => {}
    held = new Promise<void>((resolve) => {
      end = resolve
    })
    await mine.clock.advance(300_000)
    const waiting = full()
    await expect.poll(() => counted).toHaveLength(3)
    await mine.clock.advance(1_000)
    expect(await waiting).toEqual([{ code: 'audit_nearly_full', message }])
    end()
    rows = 8_000
    await mine.clock.advance(300_000)
    expect(await full()).toHaveLength(1)
    isAway = true
    await mine.clock.advance(300_000)
    expect(await full()).toEqual([{ code: 'audit_nearly_full', message }])
  })
})
