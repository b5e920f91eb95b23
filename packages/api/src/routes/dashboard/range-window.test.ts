import { beforeEach, describe, expect, it } from 'vitest'
import {
  ALPHA,
  BETA,
  CLUSTER,
  type DashboardApi,
  type DashboardStore,
  fill,
  NEWEST,
  openDashboard,
  PENDING,
  PUTS,
  REMOVED,
} from '../../dashboard-rig.contract.ts'

let store: DashboardStore
let api: DashboardApi
beforeEach(async () => {
  ;({ store, api } = await openDashboard())
})

describe('the window of /api/range', () => {
  const columns = (query: string) => api.get(`/api/range?format=columns&${query}`)

  it('R2 R3 R5 lists unknown names once, in both formats, and asks nothing by them', async () => {
    const names = ['__proto__', 'constructor', 'toString', '<script>', 'a") //', `${PENDING}{peer="1"}`]
    const list = [...names, PENDING, PENDING, 'x'.repeat(100)].map(encodeURIComponent).join()
    for (const format of ['points', 'columns']) {
      const { status, body } = await api.get(`/api/range?metrics=${list}&format=${format}`)
      expect([status, body.unknown_metrics]).toEqual([200, [...names, 'x'.repeat(64)]])
      expect(Object.keys(body.metrics ?? body.series)).toEqual([PENDING])
    }
  })

  it.each(['0.5h', '90s', '1.5h', '90d'])('R7 takes a range of %s', async (text) => {
    expect((await api.get(`/api/range?metrics=${PENDING}&range=${text}`)).status).toBe(200)
  })

  it('R12 R16 ends now when only a start is given, and raises the step to the interval', async () => {
    const { body } = await api.get(`/api/range?metrics=${PENDING}&start=1789999900&step=1`)
    expect(body).toMatchObject({ start: 1_789_999_890, end: 1_790_000_010, step: 30 })
  })

  it('R17 answers windows of a week and of ninety days with their steps', async () => {
    expect((await columns(`metrics=${PUTS}&range=7d`)).body).toMatchObject({ step: 600, resolution: 30 })
    expect((await columns(`metrics=${PUTS}&range=90d&include=stats`)).body).toMatchObject({
      step: 7_200,
      resolution: 1_800,
      stats: { [PUTS]: { min: 2, max: 2, avg: 2, last: 2 } },
    })
  })

  it('R19 tags an answer, and says 304 until something is stored', async () => {
    const path = `/api/range?metrics=${PENDING}`
    const first = await api.get(path)
    const tag = first.headers.get('etag') ?? ''
    expect(tag).toMatch(/^W\/"[0-9a-f]{16}"$/)
    expect(first.headers.get('cache-control')).toBe('private, no-cache')
    await api.clock.advance(5_000)
    expect((await api.get(path)).body).toEqual(first.body)
    for (const sent of [tag, `"x", ${tag}`, '*', tag.slice(2)]) {
      const second = await api.get(path, { 'if-none-match': sent })
      expect([second.status, second.text, second.headers.get('etag')]).toEqual([304, '', tag])
    }
    await fill(store, { ticks: 1, newest: NEWEST + 30_000 })
    const third = await api.get(path, { 'if-none-match': tag })
    expect([third.status, third.headers.get('etag') === tag]).toEqual([200, false])
  })

  it('R19 tags what is asked for, and a comparison of members also by the ticks of the others', async () => {
    const tagOf = async (query: string) => (await columns(`range=1h&${query}`)).headers.get('etag')
    const plain = `metrics=${PUTS}`
    const asked = ['', '&agg=max', '&include=band', '&include=counts', '&include=band,stats'].map(
      (more) => plain + more,
    )
    const tags = await Promise.all([...asked, 'metrics=raft_follower_lag'].map(tagOf))
    expect(new Set(tags).size).toBe(asked.length + 1)
    expect(await tagOf(`${plain}&include=stats,band`)).toBe(tags[4])
    await fill(store, { members: [BETA], ticks: 1, newest: NEWEST + 30_000 })
    expect(await tagOf(asked[1] ?? '')).toBe(tags[1])
    expect(await tagOf('metrics=raft_follower_lag')).not.toBe(tags[5])
  })

  it('R20 answers windows without data', async () => {
    const { status, body } = await columns(`metrics=${PUTS}&start=1700000000&end=1700003600`)
    expect(status).toBe(200)
    expect(new Set(body.series[PUTS])).toEqual(new Set([null]))
  })

  it('R20 has a gap where nothing was stored, and counts the increase across it once', async () => {
    await store.writer.append({
      clusterId: CLUSTER,
      at: NEWEST + 120_000,
      members: [
        { memberId: ALPHA, scalars: [{ source: 'put', labels: {}, value: 60 * 39 + 480 }], histograms: [] },
      ],
    })
    await api.clock.advance(120_000)
    const { body } = await columns(`metrics=${PUTS}&range=3m`)
    expect(body.series[PUTS]).toEqual([2, 2, 2, null, null, null, 4])
  })

  it('D7 serves the history of a member that was removed', async () => {
    await fill(store, { members: [REMOVED], newest: NEWEST - 3_600_000 })
    const { status, body } = await columns(`metrics=${PUTS}&member_id=${REMOVED}&range=2h`)
    expect([status, body.member_id]).toEqual([200, REMOVED])
    expect(body.series[PUTS]).toContain(2)
    const all = await columns(`metrics=${PUTS}&member_id=all&range=2h`)
    expect(Object.keys(all.body.series).toSorted()).toEqual([ALPHA, REMOVED, BETA])
    const recent = await columns(`metrics=${PUTS}&member_id=all&range=10m&include=stats`)
    expect(Object.keys(recent.body.series).toSorted()).toEqual([ALPHA, BETA])
    expect(recent.body.stats[BETA][PUTS].avg).toBe(2)
  })

  it('takes an id of two clusters for the present one', async () => {
    await fill(store, { members: [ALPHA], clusterId: '5', newest: NEWEST + 30_000, ticks: 1 })
    const { body } = await columns(`metrics=${PUTS}&member_id=${ALPHA}&range=2m`)
    expect(body.series[PUTS].at(-1)).toBe(2)
  })

  it('serves history while every member is down', async () => {
    for (const id of [ALPHA, BETA]) api.etcd.setDown(id)
    const { status, body } = await columns(`metrics=${PUTS}&range=5m`)
    expect([status, body.member_id, body.series[PUTS].at(-1)]).toEqual([200, BETA, 2])
  })
})
