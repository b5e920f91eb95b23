import { memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import type { OperationLimits } from '@etcdmonitor/core/operations/operation-limits'
import { beforeEach, expect, it } from 'vitest'
import { type OpsApi, openOpsApi, refusal, SHORT_LIMITS } from '../../ops-rig.contract.ts'

const QUICK: OperationLimits = {
  ...SHORT_LIMITS,
  roundPause: 1,
  gate: { interval: 1, rounds: 2, limit: 60_000 },
  settle: { short: 1, long: 1, border: 1 },
  moveLeader: { ...SHORT_LIMITS.moveLeader, look: 1 },
}

interface Stepped {
  readonly name: string
  readonly state: string
  readonly member_id: string
  readonly message: string
}

let etcd: ReturnType<typeof memoryEtcdCluster>
let api: OpsApi

/** The first of the members leads. `over`: what the port does otherwise than the memory cluster. */
async function open(
  members = 3,
  { over = {}, limits = {} }: { over?: Partial<typeof etcd>; limits?: Partial<OperationLimits> } = {},
) {
  const list = Array.from({ length: members }, (_, index) => ({
    id: `${(index + 1) * 10}`,
    name: `m${(index + 1) * 10}`,
  }))
  etcd = memoryEtcdCluster({ clock: systemClock, members: list })
  await etcd.view()
  for (const { id } of list) etcd.setStatus(id, { dbSizeBytes: 200 * 1024 ** 2 })
  api = await openOpsApi({ etcd: { ...etcd, ...over }, limits: { ...QUICK, ...limits } })
}
beforeEach(() => open())

const roll = async (body: object = {}) => {
  const asked = { member_ids: 'all', move_leader: false, ...body }
  const { json } = await api.post('/api/ops/defragment?wait=0', asked)
  return api.untilEnded(json.run_id)
}
const named = (steps: readonly Stepped[], kind: string) => steps.filter(({ name }) => name === kind)
const hang = (id: string, times?: number) =>
  etcd.setFault(id, 'serializableRead', { kind: 'deadline', ...(times !== undefined && { times }) })

it('waits at the gate for a voter that tells its Status and answers no read', async () => {
  hang('30', 3)
  const run = await roll()
  expect(run.state).toBe('succeeded')
  const reads = etcd.calls().filter(({ method, member }) => method === 'serializableRead' && member === '30')
  expect(reads).toHaveLength(3 + 3 * 2) // each gate passes with the second of two rounds in a row
})

it('ends the run at a gate that does not pass, with the voter that answers no read', async () => {
  await open(3, { limits: { gate: { ...QUICK.gate, limit: 20 } } })
  hang('30')
  const run = await roll()
  expect(run).toMatchObject({ state: 'failed', error: { code: 'health_gate_failed' } })
  expect(run.error.error).toMatch(/^The cluster did not become healthy within \d+ s: a read of m30 fails: /)
  for (const { state } of named(run.steps, 'defragment')) expect(state).toBe('not_started')
})

it('passes the gate where reads are answered that they may not be made', async () => {
  for (const id of ['10', '20', '30']) etcd.setFault(id, 'serializableRead', { kind: 'permission_denied' })
  etcd.setFault('10', 'headRevision', { kind: 'permission_denied' })
  expect((await roll()).state).toBe('succeeded')
})

/** Calls `act` when the member has been read for the nth time. */
const atRead = (id: string, nth: number, act: () => void): Partial<typeof etcd> => {
  let reads = 0
  return {
    async serializableRead(member, options) {
      await etcd.serializableRead(member, options)
      if (member === id) reads += 1
      if (member === id && reads === nth) act()
    },
  }
}

it('says of a gate that passed and does not hold any more that it does not', async () => {
  // every gate is asked once more, as one that passed a while ago
  await open(3, { limits: { gateAge: -1 }, over: atRead('30', 2, () => hang('30')) })
  const run = await roll()
  expect(run.state).toBe('failed')
  expect(run.error.error).toMatch(/^The cluster is not healthy any more: a read of m30 fails: /)
  expect(named(run.steps, 'defragment').map(({ state }) => state)).toEqual(Array(3).fill('not_started'))
  expect(run.result.members.map(({ state }: Stepped) => state)).toEqual(Array(3).fill('not_started'))
})

it('OP11 gives leadership to nobody who tells its Status and answers no read', async () => {
  hang('20')
  const moved = await api.post('/api/ops/move-leader', { target_member_id: '20' })
  expect(refusal(moved)).toEqual([504, 'etcd_timeout'])
  expect(etcd.calls().filter(({ method }) => method === 'moveLeader')).toEqual([])
})

it('fails the step in which no voter can take over leadership', async () => {
  const alone = () => etcd.setMembers([{ id: '10', name: 'm10' }])
  // the two rounds of the first gate, the look before the follower, and the two of the gate before the leader
  await open(2, { limits: { gateAge: -1 }, over: atRead('10', 5, alone) })
  const run = await roll({ move_leader: true })
  expect(run).toMatchObject({ state: 'failed', error: { code: 'no_transfer_target' } })
  expect(named(run.steps, 'move_leader')).toMatchObject([
    { state: 'failed', message: 'No healthy voter can take over leadership.' },
  ])
  expect(named(run.steps, 'defragment').map(({ state }) => state)).toEqual(['succeeded', 'not_started'])
})

it('names the members that are left when it is stopped on request', async () => {
  await open(3, { limits: { settle: { short: 60_000, long: 60_000, border: 1 } } })
  const { run_id: id } = (
    await api.post('/api/ops/defragment?wait=0', { member_ids: 'all', move_leader: false })
  ).json
  await expect
    .poll(async () => named((await api.get(`/api/ops/runs/${id}`)).json.steps, 'settle')[0]?.state)
    .toBe('running')
  await api.post(`/api/ops/runs/${id}/cancel`)
  const run = await api.untilEnded(id)
  expect(run.state).toBe('cancelled')
  expect(run.result.message).toBe('Stopped on request after m20. Members left: m30, m10.')
})

it('names the members that are left when its process is stopped', async () => {
  await open(3, { limits: { settle: { short: 60_000, long: 60_000, border: 1 } } })
  const { run_id: id } = (
    await api.post('/api/ops/defragment?wait=0', { member_ids: 'all', move_leader: false })
  ).json
  await expect
    .poll(async () => named((await api.get(`/api/ops/runs/${id}`)).json.steps, 'settle')[0]?.state)
    .toBe('running')
  await api.deps.runs[Symbol.asyncDispose]()
  const run = await api.untilEnded(id)
  expect(run).toMatchObject({
    state: 'interrupted',
    error: { code: 'process_stopped', error: 'The process was stopped. Members left: m30, m10.' },
  })
})

it('tells of a member alone why it failed, also when its process is stopped right after', async () => {
  await open(3, {
    over: {
      async defragment(id, options) {
        await etcd.defragment(id, options).finally(() => void api.deps.runs[Symbol.asyncDispose]())
      },
    },
  })
  etcd.setFault('20', 'defragment', { kind: 'disk_full' })
  const { json } = await api.post('/api/ops/defragment?wait=0', { member_id: '20' })
  const run = await api.untilEnded(json.run_id)
  expect(run).toMatchObject({ state: 'failed', error: { code: 'etcd_error' } })
  expect(run.steps).toMatchObject([{}, { state: 'failed' }, { name: 'verify', state: 'not_started' }])
})
