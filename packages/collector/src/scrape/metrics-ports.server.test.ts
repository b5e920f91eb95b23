import { type EtcdCluster, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { startFaultProxy } from '@etcdmonitor/rig/fault-proxy'
import { freePorts } from '@etcdmonitor/rig/free-ports'
import { needServer } from '@etcdmonitor/rig/need-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type recordingStore, valueIn } from '../collector-rig.contract.ts'
import { type LiveOptions, startLive } from '../live-rig.contract.ts'

const INTERVAL = 500
type Store = ReturnType<typeof recordingStore>

/** Waits for a tick that holds all members and these values of a source, by name. */
async function untilValues(store: Store, source: string, wanted: Readonly<Record<string, unknown>>) {
  const names = await namesOf(store, Object.keys(wanted).length)
  const valuesOf = ({ members }: Store['batches'][number]) =>
    Object.fromEntries(
      members.map((tick) => [names.get(tick.memberId) ?? '', valueIn(tick, source)] as const),
    )
  await expect.poll(() => store.batches.map(valuesOf)).toContainEqual(wanted)
}

const namesOf = (store: Store, members: number) =>
  store.until(() => {
    const infos = store.described.flatMap((one) => one.members)
    const names = new Map(infos.map(({ memberId, name }) => [memberId, name]))
    return names.size === members ? names : undefined
  })

/** Why the newest scrapes failed, by member name. */
const errorsOf = ({ described }: Store) =>
  Object.fromEntries(
    described.flatMap(({ members }) => members.map(({ name, scrapeError }) => [name, scrapeError])),
  )

const ALL = { 'etcd-0': 1, 'etcd-1': 1, 'etcd-2': 1 }

needServer('etcd', () => {
  describe('M2 with metrics on a port of their own, three members on one host', () => {
    let cluster: EtcdCluster
    let metricsUrls: readonly string[]
    beforeAll(async () => {
      const metricsPorts = await freePorts(3)
      metricsUrls = metricsPorts.map((port) => `http://127.0.0.1:${port}`)
      cluster = await startEtcdCluster({ members: 3, metricsPorts })
    })
    afterAll(() => cluster.dispose())

    const start = (metricsEndpoint?: LiveOptions['metricsEndpoint']) =>
      startLive({
        endpoints: cluster.endpoints,
        intervalMs: INTERVAL,
        ...(metricsEndpoint && { metricsEndpoint }),
      })

    it('finds every page by client URL without a setting', async () => {
      await using live = start()
      await untilValues(live.store, 'collector_up', ALL)
    })

    it('stores no number under the wrong member when a template leads all to one page, and says the way out', async () => {
      await using live = start(metricsUrls[1]?.replace('127.0.0.1', '{host}'))
      const { store } = live
      await untilValues(store, 'collector_up', { 'etcd-0': 0, 'etcd-1': 1, 'etcd-2': 0 })
      await untilValues(store, 'status_up', ALL)
      const names = await namesOf(store, 3)
      const ticks = store.batches.flatMap(({ members }) => members)
      const wrong = ticks.filter(({ memberId }) => names.get(memberId) !== 'etcd-1')
      expect(wrong.map((tick) => valueIn(tick, 'start_time'))).toEqual(wrong.map(() => undefined))
      await expect
        .poll(() => errorsOf(store))
        .toEqual({
          'etcd-0': expect.stringMatching(
            /^parse: the page is that of another member.*one URL per endpoint$/,
          ),
          'etcd-1': '',
          'etcd-2': expect.stringMatching(/^parse: the page is that of another member/),
        })
    })

    it('finds every page by a list, whatever the order of the endpoints', async () => {
      const endpoints = cluster.endpoints.toReversed()
      const metricsEndpoint = metricsUrls.toReversed()
      await using live = startLive({ endpoints, metricsEndpoint, intervalMs: INTERVAL })
      await untilValues(live.store, 'collector_up', ALL)
    })

    it('names kubeadm where one listener refuses, and keeps the others', async () => {
      await using proxy = await startFaultProxy(metricsUrls[2] ?? '')
      await proxy.set({ mode: 'refuse' })
      await using live = start([...metricsUrls.slice(0, 2), proxy.url])
      await untilValues(live.store, 'collector_up', { ...ALL, 'etcd-2': 0 })
      await expect
        .poll(() => errorsOf(live.store)['etcd-2'])
        .toMatch(/^refused: nothing listens there; kubeadm/)
      await proxy.set({ mode: 'pass' })
      const from = Date.now()
      await live.store.until(() =>
        live.store.batches.find(
          ({ at, members }) =>
            at >= from && members.filter((tick) => valueIn(tick, 'collector_up') === 1).length === 3,
        ),
      )
    })
  })

  const newer = etcdVersions('quick').find((found) => found.version !== '3.4' && 'path' in found)
  const binary = newer && 'path' in newer ? newer.path : undefined

  it.skipIf(binary === undefined)(
    'M3 stores what Status gives of a client port that speaks gRPC alone',
    async () => {
      const httpPorts = await freePorts(1)
      await using cluster = await startEtcdCluster({ members: 1, httpPorts, binary: binary ?? '' })
      await using live = startLive({ endpoints: cluster.endpoints, intervalMs: INTERVAL })
      const { store } = live
      const tick = await store.until(() =>
        store.batches.flatMap(({ members }) => members).find((one) => valueIn(one, 'status_up') === 1),
      )
      expect(['collector_up', 'has_leader'].map((source) => valueIn(tick, source))).toEqual([0, 1])
      expect(valueIn(tick, 'db_total')).toBeGreaterThan(0)
      expect(valueIn(tick, 'quota_bytes')).toBeGreaterThan(0)
      await expect
        .poll(() => errorsOf(store)['etcd-0'])
        .toMatch(/^grpc_only: this port answers gRPC only.*etcd\.metrics_endpoint$/)
      const metricsEndpoint = [`http://127.0.0.1:${httpPorts[0]}`]
      await using informed = startLive({
        endpoints: cluster.endpoints,
        metricsEndpoint,
        intervalMs: INTERVAL,
      })
      await untilValues(informed.store, 'collector_up', { 'etcd-0': 1 })
    },
  )
})
