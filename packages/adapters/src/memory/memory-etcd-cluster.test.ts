import { etcdClusterContract } from '@etcdmonitor/core/contracts/etcd-cluster'
import { etcdKeysContract } from '@etcdmonitor/core/contracts/etcd-keys'
import { etcdMaintenanceContract } from '@etcdmonitor/core/contracts/etcd-maintenance'
import { expect, it } from 'vitest'
import { systemClock } from '../node/clock.ts'
import { type MemoryEtcdCluster, memoryEtcdCluster } from './memory-etcd-cluster.ts'

const MEMBERS = [
  { id: '18446744073709551615', name: 'beta' },
  { id: '9007199254740993', name: 'alpha' },
  { id: '10', name: 'gamma' },
]

const openMemory = () => memoryEtcdCluster({ clock: systemClock, members: MEMBERS })

etcdClusterContract('memory', async () => {
  const opened: MemoryEtcdCluster[] = []
  const applied = new Map<string, 'stop' | 'hang'>()
  const apply = (cluster: MemoryEtcdCluster) => {
    for (const { id } of MEMBERS) {
      if (applied.get(id) === 'stop') cluster.setDown(id)
      else cluster.setUp(id)
      cluster.setDelay(id, applied.get(id) === 'hang' ? Number.POSITIVE_INFINITY : 0)
    }
  }
  const set = async (index: number, state: 'stop' | 'hang' | undefined) => {
    const id = MEMBERS[index]?.id ?? ''
    if (state) applied.set(id, state)
    else applied.delete(id)
    for (const cluster of opened) apply(cluster)
  }
  return {
    open() {
      const cluster = openMemory()
      opened.push(cluster)
      apply(cluster)
      return cluster
    },
    stop: (index) => set(index, 'stop'),
    start: (index) => set(index, undefined),
    hang: (index) => set(index, 'hang'),
    async [Symbol.asyncDispose]() {},
  }
})

it('answers what was set', async () => {
  await using cluster = openMemory()
  cluster.setStatus('10', { revision: '7' })
  cluster.setLeader(undefined)
  cluster.setPage('10', { reason: 'grpc_only', detail: '' })
  cluster.setLeaseCount('10', 3)
  const view = await cluster.view()
  expect(view.leaderId).toBeUndefined()
  expect(view.endpoints[2]?.failure).toMatchObject({ kind: 'no_leader', stage: 'quorum' })
  expect((await cluster.status('10')).revision).toBe('7')
  expect(await cluster.metricsPage('10')).toEqual({ reason: 'grpc_only', detail: '' })
  expect(await cluster.leaseCount('10')).toBe(3)
  expect(cluster.calls().filter(({ method }) => method === 'list')).toHaveLength(1)
})

it.each([
  ['refused', { reason: 'refused', detail: '' }],
  ['tls_name', { reason: 'tls', detail: '' }],
  ['dns', { reason: 'dns', detail: '' }],
  ['deadline', { reason: 'timeout', detail: '' }],
  ['permission_denied', new TextEncoder().encode('etcd_server_has_leader 1\n')],
] as const)('has the page that a member which fails by %s has', async (kind, page) => {
  await using cluster = openMemory()
  await cluster.view()
  cluster.setDown('10', kind)
  expect(await cluster.metricsPage('10')).toEqual(page)
})

it('gives no page whose last line does not end', async () => {
  await using cluster = openMemory()
  await cluster.view()
  cluster.setPage('10', 'etcd_server_has_leader 1')
  expect(await cluster.metricsPage('10')).toMatchObject({ reason: 'truncated' })
})

it('shows another member list at the next view', async () => {
  await using cluster = openMemory()
  await cluster.view()
  cluster.setMembers(MEMBERS.slice(0, 2))
  await expect(cluster.status('10')).rejects.toMatchObject({ code: 'member_unreachable' })
  const { members } = await cluster.view({ maxAge: 0 })
  expect(members.map(({ name }) => name)).toEqual(['alpha', 'beta'])
  await expect(cluster.status('10')).rejects.toMatchObject({ code: 'member_not_found' })
})

etcdKeysContract('memory', async () => {
  const keys = openMemory()
  return {
    keys,
    compact: (revision) => keys.compact(revision, false),
    [Symbol.asyncDispose]: () => keys[Symbol.asyncDispose](),
  }
})

etcdMaintenanceContract('memory', async () => {
  const cluster = openMemory()
  const idAt = (index: number) => MEMBERS[index]?.id ?? ''
  return {
    cluster,
    raise: async (alarm) => cluster.setAlarms([alarm]),
    stop: async (index) => cluster.setDown(idAt(index)),
    hang: async (index) => cluster.setDelay(idAt(index), Number.POSITIVE_INFINITY),
    async start(index) {
      cluster.setUp(idAt(index))
      cluster.setDelay(idAt(index), 0)
    },
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  }
})
