import { readFileSync } from 'node:fs'
import { type EtcdCluster, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { httpCall } from '@etcdmonitor/rig/http-call'
import { type MetricsImpostor, startMetricsImpostor } from '@etcdmonitor/rig/metrics-impostor'
import { needServer } from '@etcdmonitor/rig/need-server'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { valueIn } from '../collector-rig.contract.ts'
import { startLive, ticksSince } from '../live-rig.contract.ts'

const INTERVAL = 500
const DAMAGED = 'etcd_mvcc_put_total'
const recorded = readFileSync(
  new URL('../../../../test/fixtures/metrics-3.4.txt', import.meta.url),
  'utf8',
).replace(/^etcd_server_id.*\n/m, '') // the member that answers Status is another one

/** Why scrapes of the only member failed so far. */
const errorsOf = ({ store }: ReturnType<typeof startLive>) =>
  store.described.map(({ members }) => members[0]?.scrapeError)

needServer('etcd', () => {
  let cluster: EtcdCluster
  let impostor: MetricsImpostor
  beforeAll(async () => {
    cluster = await startEtcdCluster({ members: 1 })
    impostor = await startMetricsImpostor(recorded)
  })
  afterAll(async () => {
    await cluster.dispose()
    await impostor[Symbol.asyncDispose]()
  })

  /** A collector that reads the impostor's page, and a way to a tick that began after a change and says so: a busy machine spoils one. */
  function start(intervalMs = INTERVAL) {
    const live = startLive({
      endpoints: cluster.endpoints,
      metricsEndpoint: [impostor.url],
      intervalMs,
    })
    const { store } = live
    const nextTick = (source: string, wanted: number) => {
      const from = Date.now()
      return store.until(() => {
        const since = store.batches.filter(({ at }) => at >= from).flatMap(({ members }) => members)
        return since.find((tick) => valueIn(tick, source) === wanted)
      })
    }
    return { live, nextTick }
  }

  it.each([
    [{ kind: 'cut', bytes: 40_000 }, 'truncated'],
    [{ kind: 'cut', bytes: 0 }, 'truncated'],
    [{ kind: 'noLastNewline' }, 'truncated'],
    [{ kind: 'garbage' }, 'truncated'],
    [{ kind: 'wrongEncoding' }, 'parse'],
    [{ kind: 'html' }, 'parse'],
    [{ kind: 'endless' }, 'too_large'],
    [{ kind: 'longLine' }, 'too_large'],
    [{ kind: 'slow', msBetween: 1_000 }, 'timeout'],
  ] as const)('F6 F7 F8 stores nothing of a page that is %j, and why: %s', async (mutation, reason) => {
    impostor.setMutation(mutation)
    const { live, nextTick } = start(mutation.kind === 'endless' ? 4 * INTERVAL : INTERVAL) // megabytes are read of it
    await using _ = live
    const tick = await nextTick('status_up', 1)
    expect(valueIn(tick, 'collector_up')).toBe(0)
    expect(valueIn(tick, 'put')).toBeUndefined()
    expect(valueIn(tick, 'db_total')).toBeGreaterThan(0) // from Status
    await expect.poll(() => errorsOf(live)).toContainEqual(expect.stringMatching(new RegExp(`^${reason}\\b`)))
    const ticks = live.store.batches.flatMap(({ members }) => members)
    expect(ticks.filter((one) => valueIn(one, 'collector_up') === 1)).toEqual([])
  })

  it.each([
    [{ kind: 'notANumber', series: DAMAGED }, undefined],
    [{ kind: 'doubled', series: DAMAGED }, Number(/^etcd_mvcc_put_total (.*)$/m.exec(recorded)?.[1])],
  ] as const)('F8 stores the rest of a page that is %j', async (mutation, value) => {
    impostor.setMutation(mutation)
    const { live, nextTick } = start()
    await using _ = live
    const tick = await nextTick('collector_up', 1)
    expect(valueIn(tick, 'put')).toBe(value)
    await nextTick('collector_up', 1) // the one before has told what it dropped
    const drops = live.lines.find(({ event }) => event === 'samples_dropped')
    expect(drops?.fields).toEqual(mutation.kind === 'doubled' ? { doubled: 1 } : { not_finite: 1 })
  })

  it('F6 has at most one request in flight at a member that is slow', async () => {
    impostor.setMutation({ kind: 'slow', msBetween: 1_000 })
    const before = impostor.requests()
    const { live } = start()
    await using _ = live
    const ticks = await live.store.until(() => {
      const [first] = live.store.batches
      const all = ticksSince(live.store, first?.members[0]?.memberId ?? '')
      return all.length >= 4 ? all : undefined
    })
    expect(impostor.requests() - before).toBeLessThanOrEqual(ticks.length + 1)
  })

  it('M2 refuses the page of another member', async () => {
    impostor.setMutation({ kind: 'none' })
    impostor.setPage(`${recorded}etcd_server_id{server_id="650f2ad67ba6f5e0"} 1\n`)
    const { live, nextTick } = start()
    await using _ = live
    await nextTick('collector_up', 0)
    const another = expect.stringMatching(/^parse: the page is that of another member/)
    await expect.poll(() => errorsOf(live)).toContainEqual(another)
  })

  it('stores a page whose bytes differ only in how they are packed', async () => {
    const { body } = await httpCall({ url: `${cluster.endpoints[0]}/metrics` })
    impostor.setMutation({ kind: 'none' })
    impostor.setPage(body.replaceAll('\n', '\r\n'))
    const { live, nextTick } = start()
    await using _ = live
    await nextTick('collector_up', 1)
  })
})
