import { memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { beforeEach, expect, it } from 'vitest'
import { type OpsApi, openOpsApi, SHORT_LIMITS } from '../../ops-rig.contract.ts'

const limits = { ...SHORT_LIMITS, roundPause: 1, hash: { ...SHORT_LIMITS.hash, retry: 1, again: 1 } }
const VOTERS = ['10', '20', '30'].map((id) => ({ id, name: `m${id}` }))

let etcd: ReturnType<typeof memoryEtcdCluster>
let api: OpsApi

async function open(
  members: Parameters<typeof memoryEtcdCluster>[0]['members'],
  over: Partial<typeof etcd> = {},
) {
  etcd = memoryEtcdCluster({ clock: systemClock, members })
  await etcd.view()
  for (let i = 0; i < 5; i += 1)
    await etcd.put({ key: new Uint8Array([1]), value: new Uint8Array(), lease: 'none' })
  const revision = await etcd.headRevision()
  for (const { id } of members) etcd.setStatus(id, { revision })
  api = await openOpsApi({ etcd: { ...etcd, ...over }, limits })
}

beforeEach(() => open(VOTERS))

const check = async () => (await api.post('/api/ops/hashkv')).json

it('OP24 names the member that differs, after it was found twice, also where nobody writes', async () => {
  etcd.setHash('30', 9)
  expect(await check()).toMatchObject({
    consistent: false,
    verdict: 'inconsistent',
    minority: ['30'],
    attempts: 2,
    revision: 5,
    results: [{ hash: 7 }, { hash: 7 }, { member_id: '30', hash: 9 }],
  })
  expect(await api.entries()).toEqual(['hashkv succeeded'])
})

it('OP23 says why there is no verdict', async () => {
  etcd.setDown('30')
  expect(await check()).toMatchObject({ verdict: 'inconclusive', reason: 'member_missing', attempts: 1 })
  const { runs } = (await api.get('/api/ops/runs')).json
  expect(runs[0].steps.at(-1).message).toBe('No verdict: a voter did not answer (m30).')
  await open([{ id: '10', name: 'alone' }])
  expect(await check()).toMatchObject({ verdict: 'inconclusive', reason: 'single_voter' })
})

it('OP23 leaves learners out of the verdict, and shows them', async () => {
  await open([...VOTERS, { id: '40', name: 'm40', isLearner: true }])
  const { verdict, results } = await check()
  expect(verdict).toBe('consistent')
  expect(results[3]).toMatchObject({ member_id: '40', hash: null, revision: 0, code: 'not_supported' })
})

it('OP23 begins again when history was compacted between two members', async () => {
  let asked = 0
  await open(VOTERS, {
    async hashKv(id, revision, options) {
      asked += 1
      if (asked === 2) await etcd.compact('4', false)
      return etcd.hashKv(id, revision, options)
    },
  })
  expect(await check()).toMatchObject({ verdict: 'consistent', attempts: 2 })
})

it('asks a member that is behind again', async () => {
  let asked = 0
  await open(VOTERS, {
    async hashKv(id, revision, options) {
      asked += 1
      return etcd.hashKv(id, asked === 1 ? '1000' : revision, options)
    },
  })
  expect(await check()).toMatchObject({ verdict: 'consistent', attempts: 1 })
  expect(asked).toBe(4)
})
