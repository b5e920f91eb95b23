import { gunzipSync } from 'node:zlib'
import type { MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  breakable,
  type DashboardApi,
  type DashboardStore,
  gone,
  openApp,
  openDashboard,
  PENDING,
  PUTS,
} from '../../dashboard-rig.contract.ts'

let store: DashboardStore
let api: DashboardApi
beforeEach(async () => {
  ;({ store, api } = await openDashboard())
})

describe('/api/range under load, and without a store', () => {
  it('R21 says that the store is away', async () => {
    const { metrics, fail, calls } = breakable(store.reader)
    const { get, clock } = await openApp({ metrics })
    fail(gone)
    const refused = await get(`/api/range?metrics=${PUTS}`)
    expect([refused.status, refused.body.code, refused.headers.get('retry-after')]).toEqual([
      503,
      'storage_unavailable',
      '5',
    ])
    fail(() => new Promise(() => {}))
    const begun = calls()
    const hung = get(`/api/range?metrics=${PUTS}`)
    while (calls() === begun) await clock.settle()
    await clock.advance(10_000)
    expect((await hung).body.code).toBe('storage_unavailable')
  })

  it('R21 does not wait for a watermark for ever', async () => {
    let isAsked = false
    const watermark = () => {
      isAsked = true
      return new Promise<never>(() => {})
    }
    const { get, clock } = await openApp({ metrics: { ...store.reader, watermark } })
    const hung = get(`/api/range?metrics=${PUTS}`)
    while (!isAsked) await clock.settle()
    await clock.advance(10_000)
    expect((await hung).body.code).toBe('storage_unavailable')
  })

  it('R22 runs 8, lets 64 wait, and refuses the others', async () => {
    let running = 0
    const slots = () => {
      running++
      return new Promise<never>(() => {})
    }
    const { get, clock } = await openApp({ metrics: { ...store.reader, slots } })
    const codes: string[] = []
    const all = Array.from({ length: 100 }, async (_, i) => {
      const { body } = await get(`/api/range?metrics=${PUTS}&range=${i + 1}h`)
      codes.push(body.code)
    })
    while (codes.length < 28) await clock.settle()
    expect([running, ...new Set(codes)]).toEqual([8, 'overloaded'])
    await clock.advance(10_000)
    await Promise.all(all)
    expect(codes.slice(28)).toEqual(Array.from({ length: 72 }, () => 'storage_unavailable'))
    expect(running).toBe(8)
  })

  it('computes equal queries once, whatever the order of their names', async () => {
    let reads = 0
    const slots: MetricsReader['slots'] = (...args) => {
      reads++
      return store.reader.slots(...args)
    }
    const { get } = await openApp({ metrics: { ...store.reader, slots } })
    const path = (names: string) => `/api/range?format=columns&metrics=${names}`
    const both = await Promise.all([get(path(`${PUTS},${PENDING}`)), get(path(`${PENDING},${PUTS}`))])
    expect(both[0].text).toBe(both[1].text)
    await get(path(`${PENDING},${PUTS}`))
    expect(reads).toBe(1)
    await Promise.all([1, 2, 3].map(() => get(`${path(PENDING)}&agg=max&include=band,counts`)))
    expect(reads).toBe(2)
  })

  it('stops reading when the client leaves', async () => {
    let stopped: AbortSignal | undefined
    const slots: MetricsReader['slots'] = (_, options) => {
      stopped = options?.signal
      return new Promise((_resolve, reject) =>
        options?.signal?.addEventListener('abort', () => reject(options.signal?.reason), { once: true }),
      )
    }
    const { get, clock } = await openApp({ metrics: { ...store.reader, slots } })
    const client = new AbortController()
    const answer = get(`/api/range?metrics=${PUTS}`, {}, client.signal)
    while (!stopped) await clock.settle()
    expect(stopped.aborted).toBe(false)
    client.abort()
    await answer
    expect(stopped.aborted).toBe(true)
  })

  it('compresses what is long enough when asked to, with the same content', async () => {
    const path = `/api/range?format=columns&metrics=${PUTS},${PENDING}&range=1h`
    const plain = await api.get(path)
    expect([plain.headers.get('content-encoding'), plain.headers.get('vary')]).toEqual([
      null,
      'accept-encoding',
    ])
    const small = await api.bytes('/api/range?metrics=,', { 'accept-encoding': 'gzip' })
    expect(small.encoding).toBeNull()
    for (let i = 0; i < 2; i++) {
      const { encoding, bytes } = await api.bytes(path, { 'accept-encoding': 'br, gzip;q=0.5' })
      expect([encoding, gunzipSync(bytes).toString()]).toEqual(['gzip', plain.text])
    }
  })
})
