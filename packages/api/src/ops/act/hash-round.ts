import { AppError } from '@etcdmonitor/core/errors'
import type { MemberView } from '@etcdmonitor/core/etcd/cluster-view'
import { describeFailure } from '@etcdmonitor/core/etcd/describe-failure'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import { hasAnswered } from '@etcdmonitor/core/etcd/member-health'
import type { HashRound } from '@etcdmonitor/core/operations/judge-hashkv'
import type { KvHash } from '@etcdmonitor/core/ports/etcd-cluster'
import type { RunHand } from '../run/run-act.ts'
import type { ActDeps } from './act-parts.ts'

const BEHIND_RETRIES = 3

/** One round, with all that its answer shows. */
export interface HashAnswers extends HashRound {
  readonly answers: readonly KvHash[]
  readonly members: readonly MemberView[]
  /** Why a member gave no hash. */
  readonly failures: ReadonlyMap<MemberId, { readonly code: string; readonly message: string }>
}

type Missing = HashRound['missing'][number]

/** Asks every voter for its hash at one revision, one after the other; undefined when a cancel was asked for meanwhile. */
export async function hashRound(
  deps: ActDeps,
  hand: RunHand,
  before?: HashAnswers,
): Promise<HashAnswers | undefined> {
  const { etcd, limits } = deps
  const { members } = await etcd.view({ maxAge: 0, listMaxAge: 0, wait: limits.view })
  const newest = smallest(members.filter(hasAnswered).filter(({ isLearner }) => !isLearner))
  const revision = otherThan(before, newest)
  const failures = new Map<MemberId, { readonly code: string; readonly message: string }>()
  const answers: KvHash[] = []
  const missing: Missing[] = []
  for (const [done, member] of members.entries()) {
    if (await hand.isCancelled()) return undefined
    await hand.progress({ done, total: members.length, unit: 'members' })
    const found = await ask(deps, hand, { member, revision })
    if ('hash' in found) answers.push(found)
    else {
      failures.set(member.id, found)
      if (!member.isLearner) missing.push({ memberId: member.id, why: found.why })
    }
  }
  await hand.progress({ done: members.length, total: members.length, unit: 'members' })
  return { revision, answers, missing, members, failures }
}

interface Failed {
  readonly why: Missing['why']
  readonly code: string
  readonly message: string
}

async function ask(
  { etcd, clock, limits }: ActDeps,
  hand: RunHand,
  { member, revision }: { readonly member: MemberView; readonly revision: string },
): Promise<KvHash | Failed> {
  if (member.isLearner)
    return { why: 'error', code: 'not_supported', message: 'a learner: etcd refuses the call' }
  if (!hasAnswered(member)) {
    const message = member.failure ? describeFailure(member.failure) : 'it does not answer'
    return { why: 'silent', code: 'member_unreachable', message }
  }
  for (let tries = 0; ; tries += 1) {
    try {
      return await etcd.hashKv(member.id, revision, { deadline: limits.hash.call, signal: hand.closing })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { code, message } = error
      if (code === 'permission_denied') throw error
      if (code !== 'revision_in_future' || tries >= BEHIND_RETRIES) return { why: whyOf(code), code, message }
      await clock.sleep(limits.hash.retry, hand.stopping)
    }
  }
}

function whyOf(code: string): Missing['why'] {
  if (code === 'revision_compacted') return 'compacting'
  return code === 'member_unreachable' || code === 'etcd_timeout' ? 'silent' : 'error'
}

/** Where nobody writes, the revision before: a difference has to be found at two. Not one that was compacted. */
function otherThan(before: HashAnswers | undefined, revision: string): string {
  if (before?.revision !== revision) return revision
  const earlier = BigInt(revision) - 1n
  const isThere = before.answers.every(({ compactRevision }) => earlier > BigInt(compactRevision))
  return isThere && earlier > 0n ? earlier.toString() : revision
}

/** Of the voters that answer: all of them have it. */
const smallest = (voters: readonly { readonly status: { readonly revision: string } }[]): string =>
  voters
    .map(({ status }) => BigInt(status.revision))
    .reduce((least, one) => (least === 0n || one < least ? one : least), 0n)
    .toString()
