import { memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { beforeEach, expect, it } from 'vitest'
import { type OpsApi, openOpsApi, refusal, SHORT_LIMITS } from '../../../ops-rig.contract.ts'

const MEMBERS = [
  { id: '10', name: 'alpha' },
  { id: '20', name: 'beta' },
  { id: '30', name: 'gamma' },
  { id: '40', name: 'delta', isLearner: true },
]

const limits = { ...SHORT_LIMITS, roundPause: 1 }
let etcd: ReturnType<typeof memoryEtcdCluster>
let api: OpsApi

async function openMemory(over: Partial<typeof etcd> = {}, members = MEMBERS): Promise<void> {
  etcd = memoryEtcdCluster({ clock: systemClock, members })
  api = await openOpsApi({ etcd: { ...etcd, ...over }, limits })
}

beforeEach(() => openMemory())

it('O36 a member that is down is named with its stage, and no run is made', async () => {
  etcd.setDown('20')
  for (const answer of [
    await api.post('/api/ops/defragment', { member_id: '20' }),
    await api.get('/api/ops/snapshot?member_id=20'),
    await api.post('/api/ops/snapshot/ticket', { member_id: '20' }),
  ]) {
    expect(refusal(answer)).toEqual([503, 'member_unreachable'])
    expect(answer.json).toMatchObject({ member_id: '20', stage: 'tcp' })
  }
  expect((await api.get('/api/ops/runs')).json.runs).toEqual([])
  expect(await api.entries()).toEqual([
    'defragment refused member_unreachable',
    'snapshot refused member_unreachable',
    'snapshot_ticket refused member_unreachable',
  ])
})

it('O35 OP5 a rolling run with a voter down is refused with its name', async () => {
  etcd.setDown('30')
  const answer = await api.post('/api/ops/defragment', { member_ids: ['10', '20'] })
  expect(refusal(answer)).toEqual([409, 'health_gate_failed'])
  expect(answer.json.blockers).toContainEqual(
    expect.objectContaining({ code: 'voter_unhealthy', member_id: '30' }),
  )
  const single = await api.post('/api/ops/defragment', { member_id: '20' })
  expect(single.json.blockers).toMatchObject([{ code: 'quorum_at_risk', member_id: '20' }])
  expect(etcd.calls().filter(({ method }) => method === 'defragment')).toEqual([])
})

it('O19 no leader can be moved without one', async () => {
  etcd.setLeader(undefined)
  expect(refusal(await api.post('/api/ops/move-leader', { target_member_id: '20' }))).toEqual([
    503,
    'no_quorum',
  ])
})

it('O20 hashes of nobody are no answer, of some no verdict', async () => {
  etcd.setDown('20')
  expect((await api.post('/api/ops/hashkv')).json).toMatchObject({
    consistent: false,
    verdict: 'inconclusive',
    reason: 'member_missing',
  })
  for (const { id } of MEMBERS) etcd.setDown(id)
  expect(refusal(await api.post('/api/ops/hashkv'))).toEqual([503, 'etcd_unavailable'])
})

it('O38 the report comes with nulls when etcd is down, and two at once', async () => {
  for (const { id } of MEMBERS) etcd.setDown(id)
  const answers = await Promise.all([1, 2, 3].map(() => api.get('/api/ops/rescue')))
  const codes = answers.map(({ status }) => status).toSorted()
  expect(codes).toEqual([200, 200, 503])
  expect(answers.find(({ status }) => status === 200)?.json).toMatchObject({
    complete: false,
    alarm_active: null,
    revision: null,
    compact_revision: null,
    growth_bytes_per_hour: null,
    steps: expect.arrayContaining([
      expect.objectContaining({
        ...{ action: 'disarm', state: 'todo' },
        message: 'It is not known which alarms are active: see why no member answers.',
      }),
    ]),
  })
})

it('O3 O6 O13 O25 O28 O37 while one operation runs no other begins, and each says which one', async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>()
  await openMemory({ defragment: () => answered })
  const begun = await api.post('/api/ops/defragment?wait=0', { member_id: '20' })
  const { run_id: id } = begun.json
  expect(begun).toMatchObject({
    status: 202,
    json: { state: 'running', status_url: `/api/ops/runs/${id}` },
  })
  const headers = ['location', 'retry-after', 'x-run-id'].map((name) => begun.headers.get(name))
  expect(headers).toEqual([`/api/ops/runs/${id}`, '2', id])
  const held = { code: 'operation_in_progress', run_id: id, operation: 'defragment', username: 'admin' }
  const bodies = {
    defragment: { member_id: '10' },
    compact: { retain_count: 1 },
    'move-leader': { target_member_id: '20' },
  }
  await etcd.put({ key: new Uint8Array([1]), value: new Uint8Array(), lease: 'none' })
  await etcd.put({ key: new Uint8Array([1]), value: new Uint8Array(), lease: 'none' })
  for (const [path, body] of Object.entries(bodies)) {
    expect(await api.post(`/api/ops/${path}`, body)).toMatchObject({ status: 409, json: held })
    const { json: plan } = await api.post(`/api/ops/${path}`, { ...body, dry_run: true })
    expect(plan).toMatchObject({ allowed: false, blockers: [{ code: held.code }] })
  }
  expect(await api.post('/api/ops/hashkv')).toMatchObject({ status: 409, json: held })
  expect(await api.get('/api/ops/snapshot')).toMatchObject({ status: 409, json: held })
  expect(await api.post('/api/ops/snapshot/ticket', {})).toMatchObject({ status: 409, json: held })
  expect(refusal(await api.post(`/api/ops/runs/${id}/cancel`))).toEqual([409, 'not_cancellable'])
  expect((await api.get('/api/ops/runs?state=running')).json.runs).toMatchObject([{ id, cancellable: false }])
  answer()
  expect(await api.untilEnded(id)).toMatchObject({ state: 'succeeded' })
  expect(refusal(await api.post(`/api/ops/runs/${id}/cancel`))).toEqual([409, 'not_cancellable'])
})

it('O1 all members of a cluster of more than 64 are too many for one run, and what to do is said', async () => {
  const members = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ id: `${i + 1}`, name: `m${i}` }))
  await openMemory({}, members(65))
  const answer = await api.post('/api/ops/defragment', { member_ids: 'all', dry_run: true })
  expect(refusal(answer)).toEqual([400, 'validation_failed'])
  expect(answer.json.errors).toEqual([
    {
      ...{ in: 'body', pointer: '/member_ids', code: 'too_many_items' },
      message: 'all 65 members, and a run takes at most 64: name them, in several runs',
    },
  ])
  expect(refusal(await api.post('/api/ops/defragment', { member_ids: 'all' }))).toEqual([
    400,
    'validation_failed',
  ])
  await openMemory({}, members(64))
  const { json } = await api.post('/api/ops/defragment', {
    member_ids: 'all',
    dry_run: true,
    move_leader: true,
  })
  expect(json).toMatchObject({ allowed: true, steps: { length: 65 } })
})
