import { expect, it } from 'vitest'
import { ALPHA, BETA, recordingStore, START, startRig, THREE, valueIn } from './collector-rig.contract.ts'

const OLD = '14841639068965178418'
const NEW = '7'
/** Of the same URLs; alpha has its old id, as etcd gives it where token and peer URL are the same. */
const REPLACED = [
  { id: ALPHA, name: 'alpha' },
  { id: '77', name: 'beta' },
]

it('F11 mixes nothing of another cluster into the old one, takes it over and tells it', async () => {
  const { clock, cluster, store, eventsOf, stop } = await startRig({
    members: THREE.slice(0, 2),
    settings: { discoveryIntervalMs: 60_000 },
  })
  cluster.setPage(ALPHA, 'etcd_server_has_leader 1\netcd_server_id{server_id="8e9e05c52164694d"} 1\n')
  cluster.setLeaseCount(ALPHA, 4)
  cluster.setLeaseCount(BETA, 4)
  await clock.advance(35_000)
  cluster.setCluster(NEW, REPLACED)
  cluster.setDown('77') // so that nobody of the new cluster is asked for its leases but alpha
  cluster.setLeaseCount(ALPHA, 9)
  await clock.advance(160_000)
  const rows = store.batches.flatMap(({ clusterId, at, members }) =>
    members.map((tick) => [clusterId, tick.memberId, at - START, valueIn(tick, 'collector_up')]),
  )
  expect(rows.filter(([clusterId, , at]) => clusterId === OLD && Number(at) > 30_000)).toEqual([
    [OLD, ALPHA, 60_000, 0],
    [OLD, BETA, 60_000, 0],
  ])
  expect(rows.filter(([clusterId, id]) => clusterId === NEW && id === ALPHA)).toEqual([
    [NEW, ALPHA, 90_000, 1],
    [NEW, ALPHA, 120_000, 1],
    [NEW, ALPHA, 150_000, 1],
    [NEW, ALPHA, 180_000, 1],
  ])
  const first = store.batches.find(({ clusterId }) => clusterId === NEW)
  expect(valueIn(first?.members[0], 'lease_count')).toBe(9)
  expect(eventsOf('cluster_found').map(({ fields }) => fields.cluster_id)).toEqual([OLD, NEW])
  expect(store.memory.get('cluster')).toContain(`"clusterId":"${NEW}"`)
  await stop()
})

it('F11 looks for another cluster as soon as a tick meets one, not when the member list is due', async () => {
  const { clock, cluster, store, stop } = await startRig({ settings: { discoveryIntervalMs: 600_000 } })
  await clock.advance(35_000)
  cluster.setCluster(NEW, REPLACED)
  await clock.advance(120_000)
  expect(store.batches.filter(({ clusterId }) => clusterId === NEW).map(({ at }) => at - START)).toEqual([
    120_000, 150_000,
  ])
  await stop()
})

it('F11 tells that another cluster than that of the last run is there', async () => {
  const store = recordingStore()
  const before = await startRig({ store })
  await before.clock.advance(35_000)
  await before.stop()
  const { clock, eventsOf, stop } = await startRig({
    store,
    prepare: (cluster) => cluster.setCluster(NEW, REPLACED),
  })
  await clock.advance(65_000)
  expect(eventsOf('cluster_changed').map(({ level, fields }) => [level, fields])).toEqual([
    ['warn', { from: OLD, to: NEW }],
  ])
  expect(store.batches.slice(1).map(({ clusterId }) => clusterId)).toEqual([NEW, NEW])
  await stop()
})
