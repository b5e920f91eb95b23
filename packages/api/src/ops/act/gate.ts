import { AppError } from '@etcdmonitor/core/errors'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import { judgeGate } from '@etcdmonitor/core/operations/judge-gate'
import { nameOf } from '@etcdmonitor/core/operations/judge-voters'
import { listConditions } from '@etcdmonitor/core/operations/listed'
import { sayOperation } from '@etcdmonitor/core/operations/messages'
import type { DataIdentity, FactsReader, ReadFacts } from '../plan/read-facts.ts'
import type { RunHand } from '../run/run-act.ts'
import { stopped } from '../run/run-error.ts'
import type { ActDeps } from './act-parts.ts'

/** Of a read that all voters have to agree on, and of one in each of them. */
const READ_DEADLINE = 5_000
const OWN_READ_DEADLINE = 3_000

export interface GateDeps extends ActDeps {
  readonly readFacts: FactsReader
}

export interface GateAsked {
  readonly since: DataIdentity
  /** Members that this run has defragmented: samples may still show that. */
  readonly own: readonly MemberId[]
  readonly note?: (message: string) => Promise<void>
}

/** Facts that passed the gate, and when. */
export interface Passed {
  readonly facts: ReadFacts
  /** Monotonic ms. */
  readonly at: number
}

/**
 * Waits until the cluster is healthy in two rounds in a row (operations.md 5.3); undefined when a cancel was asked for meanwhile.
 * @throws AppError `health_gate_failed` when it did not become so in time, or other data lies there now
 */
export async function awaitGate(
  deps: GateDeps,
  hand: RunHand,
  asked: GateAsked,
): Promise<Passed | undefined> {
  const { clock, limits } = deps
  const { interval, rounds, limit } = limits.gate
  const from = clock.monotonic()
  let passes = 0
  let said = ''
  for (;;) {
    if (hand.stopping.aborted) throw stopped()
    if (hand.cancelled.aborted) return undefined
    const { facts, conditions } = await look(deps, hand, asked)
    passes = conditions.length === 0 ? passes + 1 : 0
    if (passes >= rounds) return { facts, at: clock.monotonic() }
    if (conditions.length > 0 && clock.monotonic() - from >= limit) throw late(limit, conditions)
    const waiting = sayOperation('gate_waiting', { conditions: listConditions(conditions) })
    if (conditions.length > 0 && waiting !== said) await asked.note?.(waiting)
    if (conditions.length > 0) said = waiting
    await clock.sleep(interval, AbortSignal.any([hand.stopping, hand.cancelled]))
  }
}

/** A gate that passed a while ago is asked once more. Gives the newest facts. */
export async function confirmGate(
  deps: GateDeps,
  hand: RunHand,
  { passed, ...asked }: GateAsked & { readonly passed: Passed },
): Promise<ReadFacts> {
  const { clock, limits } = deps
  if (clock.monotonic() - passed.at <= limits.gateAge) return passed.facts
  const { facts, conditions } = await look(deps, hand, asked)
  if (conditions.length > 0)
    throw refused(sayOperation('gate_lost', { conditions: listConditions(conditions) }), conditions)
  return facts
}

async function look({ etcd, readFacts }: GateDeps, hand: RunHand, { since, own }: GateAsked) {
  const facts = await readFacts({ since, ownRun: hand.runId })
  if (facts.clusterChanged !== undefined)
    throw new AppError('health_gate_failed', facts.clusterChanged, {
      details: { blockers: [{ code: 'cluster_changed', message: facts.clusterChanged }] },
    })
  const conditions = judgeGate(withoutOwn(facts, own))
  return { facts, conditions: conditions.length > 0 ? conditions : await readConditions(etcd, facts) }
}

/** Reads are answered: one that all voters have to agree on, and one by each of them out of what it has applied itself. */
async function readConditions(
  etcd: ActDeps['etcd'],
  { view }: Pick<ReadFacts, 'view'>,
): Promise<readonly string[]> {
  const voters = view.members.filter(({ isLearner }) => !isLearner)
  const failures = await Promise.all([
    whyNotRead('a read fails', () => etcd.headRevision({ deadline: READ_DEADLINE })),
    ...voters.map((voter) =>
      whyNotRead(`a read of ${nameOf(voter)} fails`, () =>
        etcd.serializableRead(voter.id, { deadline: OWN_READ_DEADLINE }),
      ),
    ),
  ])
  return failures.filter((failure) => failure !== undefined)
}

/** A user who may not read proves that reads are answered. */
async function whyNotRead(what: string, read: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await read()
    return undefined
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return error.code === 'permission_denied' ? undefined : `${what}: ${error.message}`
  }
}

export const withoutOwn = (facts: ReadFacts, own: readonly MemberId[]): ReadFacts => ({
  ...facts,
  defragmenting: new Set([...facts.defragmenting].filter((id) => !own.includes(id))),
})

function late(limit: number, conditions: readonly string[]): AppError {
  const seconds = Math.round(limit / 1_000)
  return refused(sayOperation('gate_failed', { seconds, conditions: listConditions(conditions) }), conditions)
}

const refused = (message: string, conditions: readonly string[]): AppError =>
  new AppError('health_gate_failed', message, {
    details: { blockers: conditions.map((condition) => ({ code: 'voter_unhealthy', message: condition })) },
  })
