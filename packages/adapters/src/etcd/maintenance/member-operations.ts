import { failChange, failRead } from '@etcdmonitor/core/etcd/fail-call'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import type { CallOptions } from '@etcdmonitor/core/ports/call-options'
import type { EtcdMaintenance } from '@etcdmonitor/core/ports/etcd-cluster'
import { type CallBudget, guardedBudget } from '../connection/call-budget.ts'
import { callError, EtcdCallError } from '../connection/call-error.ts'
import type { EtcdService } from '../connection/schema.ts'
import { type MemberCalls, type MemberCallsOptions, startCall } from '../member-calls.ts'
import { type VerifiedMember, verifyMember } from './verified-member.ts'

export interface MemberOperationsOptions extends MemberCallsOptions {
  readonly findUrl: MemberCalls['findUrl']
}

/** In ms (etcd.md 4.2). */
const STATUS_LIMIT = 3_000
const READ_LIMIT = 3_000
const HASH_LIMIT = 120_000
const DEFRAGMENT_LIMIT = 600_000
const MOVE_LIMIT = 10_000
const LOOK_LIMIT = 2_000
/** Any: whether it exists does not matter. */
const SOME_KEY = Uint8Array.of(0)
/** The leadership may move between the look and the call. */
const LOOKS = 2

interface HashReply {
  readonly hash: number
  readonly compact_revision: string
  /** `"0"` before etcd 3.6. */
  readonly hash_revision: string
}

interface MemberCall {
  readonly service?: EtcdService
  readonly method: 'hashKV' | 'defragment' | 'moveLeader' | 'range'
  readonly params: object
}

/** Calls of operations to one member: each is sent once, over the connection over which that member named itself (etcd.md 6.2). */
export function createMemberOperations(
  options: MemberOperationsOptions,
): Pick<EtcdMaintenance, 'serializableRead' | 'hashKv' | 'defragment' | 'moveLeader'> {
  const { cluster, discovery, findUrl } = options

  async function verify(id: MemberId, budget: CallBudget): Promise<VerifiedMember> {
    const url = await findUrl(id, budget)
    try {
      return await verifyMember(discovery, { id, url }, budget.atMost(STATUS_LIMIT))
    } catch (error) {
      throw error instanceof EtcdCallError ? failRead(error.failure, id, error) : error
    }
  }

  const send = <T>(
    { url, one }: VerifiedMember,
    budget: CallBudget,
    { service = 'Maintenance', method, params }: MemberCall,
  ) =>
    cluster.ask(
      url,
      budget,
      (client) => client.exec(service as never, method as never, params as never) as Promise<T>, // by the schema
      one,
    )

  /** @throws AppError as of a read */
  async function read<T>(id: MemberId, budget: CallBudget, call: MemberCall): Promise<T> {
    const member = await verify(id, budget)
    try {
      return await send<T>(member, budget, call)
    } catch (error) {
      throw error instanceof EtcdCallError ? failRead(error.failure, id, error) : error
    }
  }

  /** Who leads now. @throws AppError `no_quorum` */
  async function verifyLeader(budget: CallBudget): Promise<VerifiedMember> {
    const { leaderId } = await discovery.view({ maxAge: 0, wait: Math.min(LOOK_LIMIT, budget.left()) })
    budget.signal.throwIfAborted()
    if (leaderId !== undefined) return verify(leaderId, budget)
    const context = { endpoint: '', method: 'look for a leader', sent: false }
    throw failRead(callError('no_leader', context, 'no member names a leader').failure)
  }

  async function tryToMove(target: MemberId, budget: CallBudget, mayStillSend: CallOptions['mayStillSend']) {
    const leader = await verifyLeader(budget)
    const { memberId, leaderId } = leader.status
    if (memberId !== leaderId) return notLeader(leader)
    try {
      const call = { method: 'moveLeader', params: { targetID: target } } as const
      await send(leader, guardedBudget(budget, mayStillSend), call)
      return undefined
    } catch (error) {
      if (!(error instanceof EtcdCallError)) throw error
      if (error.failure.kind === 'not_leader') return error
      throw failChange(error.failure, error.failure.kind === 'bad_transferee' ? target : memberId, error)
    }
  }

  return {
    async serializableRead(id, callOptions = {}) {
      const params = { key: SOME_KEY, count_only: true, serializable: true }
      const call = { service: 'KV', method: 'range', params } as const
      await read(id, startCall(options, callOptions, READ_LIMIT), call)
    },
    async hashKv(id, revision, callOptions = {}) {
      const call = { method: 'hashKV', params: { revision } } as const
      const budget = startCall(options, callOptions, HASH_LIMIT)
      return toHash(id, revision, await read<HashReply>(id, budget, call))
    },
    async defragment(id, callOptions = {}) {
      const budget = startCall(options, callOptions, DEFRAGMENT_LIMIT)
      const member = await verify(id, budget)
      try {
        const call = { method: 'defragment', params: {} } as const
        await send(member, guardedBudget(budget, callOptions.mayStillSend), call)
      } catch (error) {
        throw error instanceof EtcdCallError ? failChange(error.failure, id, error) : error
      }
    },
    async moveLeader(target, callOptions = {}) {
      const budget = startCall(options, callOptions, MOVE_LIMIT)
      let refused: EtcdCallError | undefined
      for (let look = 0; look < LOOKS; look += 1) {
        refused = await tryToMove(target, budget, callOptions.mayStillSend)
        if (!refused) return
      }
      if (refused) throw failChange(refused.failure, undefined, refused)
    },
  }
}

const notLeader = ({ url }: VerifiedMember): EtcdCallError =>
  callError(
    'not_leader',
    { endpoint: url, method: 'Maintenance.MoveLeader', sent: false },
    'etcdserver: not leader',
  )

const toHash = (
  memberId: MemberId,
  revision: string,
  { hash, compact_revision: compactRevision, hash_revision: hashRevision }: HashReply,
) => ({
  memberId,
  hash,
  revision,
  compactRevision,
  ...(hashRevision !== '0' && { hashRevision }),
})
