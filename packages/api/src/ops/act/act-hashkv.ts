import { AppError } from '@etcdmonitor/core/errors'
import type { MemberView } from '@etcdmonitor/core/etcd/cluster-view'
import { hasAnswered } from '@etcdmonitor/core/etcd/member-health'
import { checkOperation } from '@etcdmonitor/core/operations/check-operation'
import {
  differs,
  type HashReason,
  type HashVerdict,
  judgeHashKv,
} from '@etcdmonitor/core/operations/judge-hashkv'
import { nameOf } from '@etcdmonitor/core/operations/judge-voters'
import { listNames } from '@etcdmonitor/core/operations/listed'
import { sayOperation } from '@etcdmonitor/core/operations/messages'
import { toExact } from '../../keys/key-node.ts'
import { type MakePlan, type OperationPlan, refuseBlocked } from '../plan/operation-plan.ts'
import type { FactsReader } from '../plan/read-facts.ts'
import { planned, type RunAct, type RunHand } from '../run/run-act.ts'
import { type ActDeps, preflight } from './act-parts.ts'
import { type HashAnswers, hashRound } from './hash-round.ts'

export interface HashKvResult {
  readonly [name: string]: unknown
  readonly consistent: boolean
  readonly verdict: HashVerdict['verdict']
  readonly reason: HashReason | ''
  readonly minority: string[]
  readonly attempts: number
  readonly revision: number
  readonly duration_ms: number
  readonly results: HashMember[]
}

export interface HashMember {
  member_id: string
  member_name: string
  hash: number | null
  revision: number
  compact_revision: number
  version: string
  error?: string
  code?: string
}

export const makeHashKvPlan =
  (readFacts: FactsReader): MakePlan<OperationPlan> =>
  async (wanted) => {
    const facts = await readFacts(wanted)
    return { ...checkOperation({ column: 'hashkv', memberIds: [] }, facts), facts, steps: [] }
  }

/** @throws AppError `health_gate_failed`, `etcd_unavailable` when nobody answers */
export function refuseHashKv(plan: OperationPlan): void {
  refuseBlocked(plan)
  if (!plan.facts.view.members.some(hasAnswered))
    throw new AppError('etcd_unavailable', 'no member answers: there is nothing to compare')
}

export function hashKvAct(
  deps: ActDeps,
  { plan, make }: { readonly plan: OperationPlan; readonly make: MakePlan<OperationPlan> },
): RunAct<HashKvResult> {
  const { clusterId, epoch } = plan.facts
  return {
    operation: 'hashkv',
    clusterId,
    target: 'cluster',
    params: {},
    audited: {},
    steps: [planned('preflight'), planned('hash')],
    async carryOut(hand) {
      const since = { clusterId, epoch }
      await preflight(hand, deps, {
        make: () => make({ since, ownRun: hand.runId }),
        refuse: refuseHashKv,
      })
      const from = deps.clock.monotonic()
      const { rounds, isCancelled } = await hand.step({ name: 'hash' }, async () => {
        const value = await compare(deps, hand)
        return { value, message: describe(value.rounds) }
      })
      const result = toResult(rounds, Math.round(deps.clock.monotonic() - from))
      const { verdict, reason, revision } = result
      const hashes = Object.fromEntries(
        result.results.map((one) => [one.member_name || one.member_id, one.hash]),
      )
      return { result, detail: { verdict, reason, revision, hashes }, ...(isCancelled && { isCancelled }) }
    },
  }
}

/** Rounds until two agree, or one tells: a difference counts only when it is found again at another revision. */
async function compare(
  deps: ActDeps,
  hand: RunHand,
): Promise<{ readonly rounds: readonly HashAnswers[]; readonly isCancelled: boolean }> {
  const { clock, limits } = deps
  const rounds: HashAnswers[] = []
  while (rounds.length < limits.hash.attempts) {
    const round = await hashRound(deps, hand, rounds.at(-1))
    if (!round) return { rounds, isCancelled: true }
    rounds.push(round)
    const verdict = judgeHashKv(rounds)
    const again = differs(round) && verdict.verdict !== 'inconsistent'
    const reason = verdict.verdict === 'inconclusive' ? verdict.reason : undefined
    // what differs may lie in the newest revision alone, which the second look left out where nobody writes
    const isOlder = reason === 'changed_between_attempts' && isBefore(round, rounds.at(-2))
    if (!again && !isOlder && reason !== 'compacting') break
    await clock.sleep(again || isOlder ? limits.hash.again : limits.hash.retry, hand.stopping)
  }
  return { rounds, isCancelled: false }
}

const isBefore = (round: HashAnswers, other: HashAnswers | undefined): boolean =>
  other !== undefined && BigInt(round.revision) < BigInt(other.revision)

function toResult(rounds: readonly HashAnswers[], durationMs: number): HashKvResult {
  const verdict = judgeHashKv(rounds)
  const newest = rounds.at(-1)
  return {
    consistent: verdict.verdict === 'consistent',
    verdict: verdict.verdict,
    reason: verdict.verdict === 'inconclusive' ? verdict.reason : '',
    minority: verdict.verdict === 'inconsistent' ? [...verdict.minority] : [],
    attempts: rounds.length,
    revision: toExact(newest?.revision ?? '0'),
    duration_ms: durationMs,
    results: newest?.members.map((member) => toMember(member, newest)) ?? [],
  }
}

function toMember(member: MemberView, { answers, failures }: HashAnswers): HashMember {
  const answer = answers.find(({ memberId }) => memberId === member.id)
  const base = { member_id: member.id, member_name: member.name, version: member.status?.serverVersion ?? '' }
  if (answer) {
    const { hash, revision, compactRevision } = answer
    return { ...base, hash, revision: toExact(revision), compact_revision: toExact(compactRevision) }
  }
  const failure = failures.get(member.id)
  const why = { error: failure?.message ?? 'it was not asked', code: failure?.code ?? 'etcd_error' }
  return { ...base, hash: null, revision: 0, compact_revision: 0, ...why }
}

/** Names who gave no hash, where that is why. */
function whyNone(reason: HashReason, { members, missing }: HashAnswers): string {
  const ids = new Set(missing.map(({ memberId }) => memberId))
  const names = members.filter(({ id }) => ids.has(id)).map(nameOf)
  const said = REASONS[reason]
  return names.length > 0 ? `${said} (${names.join(', ')})` : said
}

function describe(rounds: readonly HashAnswers[]): string {
  const newest = rounds.at(-1)
  if (!newest) return sayOperation('hash_inconclusive', { reason: REASONS.cancelled })
  const verdict = judgeHashKv(rounds)
  const { revision } = newest
  switch (verdict.verdict) {
    case 'consistent':
      return sayOperation('hash_consistent', { n: newest.answers.length, revision })
    case 'inconsistent': {
      const names = newest.members.filter(({ id }) => verdict.minority.includes(id)).map(nameOf)
      return sayOperation('hash_inconsistent', { revision, minority: listNames(names) })
    }
    case 'inconclusive':
      return sayOperation('hash_inconclusive', { reason: whyNone(verdict.reason, newest) })
  }
}

const REASONS = {
  member_missing: 'a voter did not answer',
  single_voter: 'there is only one voter',
  compacting: 'history was compacted between the answers',
  changed_between_attempts: 'a difference was found, and then not found again',
  seen_once: 'a difference was seen in one look alone',
  cancelled: 'stopped on request before anything was compared',
  error: 'a voter answered with an error',
} as const satisfies Record<HashReason, string>
