import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes } from '@etcdmonitor/adapters/node/random'
import { anIntent, SUCCEEDED } from '@etcdmonitor/core/contracts/audit-entries'
import { AppError } from '@etcdmonitor/core/errors'
import type { OperationLimits } from '@etcdmonitor/core/operations/operation-limits'
import { makeUlid } from '@etcdmonitor/core/ulid'
import type { EtcdCluster as Servers } from '@etcdmonitor/rig/etcd-cluster'
import type { EtcdMember } from '@etcdmonitor/rig/etcd-member'
import { vi } from 'vitest'
import { type OpsApi, openEtcd, openOpsApi, SHORT_LIMITS } from '../../ops-rig.contract.ts'

export interface Known {
  readonly id: string
  readonly name: string
  readonly is_leader: boolean
}

export interface Stepped {
  readonly name: string
  readonly state: string
  readonly member_id: string
  readonly member_name: string
  readonly message: string
}

const FRESH = { maxAge: 0, wait: 3_000 }

/** The API before real etcd, for rolling defragmentations. */
export async function openRolling(servers: Servers, over: Partial<OperationLimits> = {}) {
  const etcd = openEtcd(servers.endpoints)
  const api = await openOpsApi({ etcd, limits: { ...SHORT_LIMITS, ...over } })
  await etcd.view(FRESH)
  const members = async () => {
    await etcd.view(FRESH)
    return (await api.get('/api/members')).json.members as readonly Known[]
  }
  const processOf = (of: string): EtcdMember => {
    const found = servers.members.find(({ name }) => name === of)
    if (!found) throw new Error(`no member ${of}`)
    return found
  }
  const roll = async (body: object = {}): Promise<string> => {
    const asked = { member_ids: 'all', move_leader: false, ...body }
    return (await api.post('/api/ops/defragment?wait=0', asked)).json.run_id
  }
  /** The steps when `holds` does. */
  const untilSteps = async (id: string, holds: (steps: readonly Stepped[]) => boolean) => {
    for (const end = performance.now() + 60_000; performance.now() < end; await pause()) {
      const { steps } = (await api.get(`/api/ops/runs/${id}`)).json
      if (holds(steps)) return steps as readonly Stepped[]
    }
    throw new Error('it did not happen within 60 s')
  }
  /** A run on record in which that became of the member. */
  const remember = async (id: string, result: object) => {
    const { clusterId = '' } = await etcd.view()
    const opId = makeUlid(systemClock.now(), randomBytes)
    const run = { operation: 'defragment', clusterId, accountId: 'ADMIN', username: 'admin' } as const
    const begun = await api.state.runs.begin({
      ...{ id: opId, ...run, params: {}, steps: [], intent: anIntent(opId) },
    })
    if (begun.held) throw new Error('another run holds the lock')
    const members = [{ member_id: id, ...result }]
    const end = { state: 'succeeded', result: { members } } as const
    await api.state.runs.finish(begun.owner, { ...end, outcome: { ...SUCCEEDED, opId } })
  }
  const marks = async () => {
    const found = await Promise.all((await members()).map(({ id }) => etcd.defragMark(id)))
    return found.map((mark) => mark?.count)
  }
  return { etcd, ...api, members, processOf, roll, untilSteps, marks, remember }
}

/**
 * Stops a rolling run before the pause behind its first member, so that what a test does comes between two members, however long it takes.
 * Gives a function to be called once it stands there: who is done, who comes next, and what lets it go on.
 */
export function holdBetweenTwo({ state: { runs } }: Pick<OpsApi, 'state'>) {
  const { promise: held, resolve: isHeld } = Promise.withResolvers<string>()
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const { beginStep } = runs
  vi.spyOn(runs, 'beginStep').mockImplementation(async (owner, index, start) => {
    const run = await runs.get(owner.runId)
    if (run?.steps[index]?.name === 'settle') {
      isHeld(owner.runId)
      await released
    }
    return beginStep(owner, index, start)
  })
  return async () => {
    const { steps = [] } = (await runs.get(await held)) ?? {}
    const [done, next] = steps.filter(({ name }) => name === 'defragment')
    if (!done || !next) throw new Error('there is none between')
    return { done, next, release }
  }
}

/** What became of each member. */
export const touched = ({ steps }: { readonly steps: readonly Stepped[] }): readonly string[] =>
  steps.filter(({ name }) => name === 'defragment').map(({ state }) => state)

/** What etcd says to a write while it elects, and while nobody knows whether it was done. */
export function refused(error: unknown): undefined {
  if (!(error instanceof AppError)) throw error
}

export const pause = () => new Promise((resolve) => setTimeout(resolve, 20))
