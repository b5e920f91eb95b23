import { AppError } from '@etcdmonitor/core/errors'
import type { MemberView } from '@etcdmonitor/core/etcd/cluster-view'
import { failureIn } from '@etcdmonitor/core/etcd/fail-call'
import type { MemberStatus } from '@etcdmonitor/core/etcd/member'
import { formatValue } from '@etcdmonitor/core/format/format-value'
import { nameOf } from '@etcdmonitor/core/operations/judge-voters'
import { sayOperation } from '@etcdmonitor/core/operations/messages'
import type { RunHand, StepWork } from '../run/run-act.ts'
import { fromMark, settleDefragment } from '../run/settle-outcome.ts'
import { type ActDeps, orSettled, settlingOf } from './act-parts.ts'

export interface Defragmented {
  readonly before: number
  readonly after: number
  readonly durationMs: number
}

interface Planned {
  readonly member: MemberView
  /** It is one of several: then it has an entry of its own in the audit log. */
  readonly isRolling: boolean
  /** Estimate, s. */
  readonly blockedSeconds: number
  /** Asked again right before the step is begun, with what the member said just before. @throws AppError */
  readonly confirm?: (status: MemberStatus) => Promise<void>
}

/** Defragments one member and says what it brought (operations.md 6.1). Sizes are bytes. */
export async function defragmentMember(
  deps: ActDeps,
  hand: RunHand,
  { member, isRolling, blockedSeconds, confirm }: Planned,
): Promise<Defragmented> {
  const { etcd } = deps
  const [mark, status] = await Promise.all([etcd.defragMark(member.id), etcd.status(member.id)])
  const before = { db_size: status.dbSizeBytes, db_size_in_use: status.dbSizeInUseBytes, ...fromMark(mark) }
  const entry = { operation: 'defragment', target: nameOf(member), params: { member_id: member.id } } as const
  await confirm?.(status)
  return hand.step(
    { name: 'defragment', memberId: member.id, before, isChange: true, ...(isRolling && { entry }) },
    async (step) => {
      await step.note(sayOperation('defragment_running', { member: nameOf(member), seconds: blockedSeconds }))
      const from = deps.clock.monotonic()
      const lost = await send(deps, hand, { member, status, before, step })
      const durationMs = Math.round(deps.clock.monotonic() - from)
      const after = await readSizeAfter(deps, hand, member)
      const value = { before: status.dbSizeBytes, after, durationMs }
      return { value, message: lost ?? describe(member, value), detail: { before: value.before, after } }
    },
  )
}

/** It was done: a member that is slow to answer afterwards is asked again for a while. @throws AppError that says so */
async function readSizeAfter(
  { etcd, clock, limits }: ActDeps,
  { stopping }: RunHand,
  member: MemberView,
): Promise<number> {
  const end = clock.monotonic() + limits.defragment.verify
  for (;;) {
    try {
      return (await etcd.status(member.id)).dbSizeBytes
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      if (clock.monotonic() >= end || stopping.aborted) {
        const message = `${nameOf(member)} was defragmented, but does not answer since: ${error.message}`
        throw new AppError(error.code, message, { cause: error, details: error.details })
      }
      await clock.sleep(limits.defragment.look, stopping)
    }
  }
}

/** What was found out where the answer was lost. */
async function send(
  deps: ActDeps,
  hand: RunHand,
  {
    member,
    status,
    before,
    step,
  }: {
    readonly member: MemberView
    readonly status: MemberStatus
    readonly before: Readonly<Record<string, number>>
    readonly step: StepWork
  },
): Promise<string | undefined> {
  const { etcd, clock, limits } = deps
  const name = nameOf(member)
  const from = clock.monotonic()
  const { mayStillSend } = step
  try {
    return await orSettled(
      () => etcd.defragment(member.id, { deadline: limits.defragment.deadline, mayStillSend }),
      async () => {
        const seconds = Math.round((clock.monotonic() - from) / 1_000)
        await step.note(sayOperation('defragment_answer_lost', { member: name, seconds }))
        return settleDefragment(settlingOf(deps, hand), {
          memberId: member.id,
          memberName: member.name,
          before,
        })
      },
    )
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const ofMember = { ...error.details, member_id: member.id, member_name: member.name }
    const message = await describeFailure(deps, { member, status, error })
    throw new AppError(error.code, message, { cause: error, details: ofMember })
  }
}

/** With a word about whether the member serves, where etcd said that it failed. */
async function describeFailure(
  { etcd }: ActDeps,
  {
    member,
    status,
    error,
  }: { readonly member: MemberView; readonly status: MemberStatus; readonly error: AppError },
): Promise<string> {
  const name = nameOf(member)
  if (error.code !== 'etcd_error') return error.message
  const serves = await etcd.status(member.id).then(
    () => true,
    () => false,
  )
  const serving = serves ? `${name} is serving.` : `${name} does not answer.`
  const bytes = formatValue('bytes', status.dbSizeInUseBytes)
  if (failureIn(error)?.kind === 'disk_full')
    return sayOperation('defragment_disk_full', { member: name, bytes, serving })
  return `${error.message}; ${serving}`
}

function describe(member: MemberView, { before, after, durationMs }: Defragmented): string {
  const texts = {
    member: nameOf(member),
    before: formatValue('bytes', before),
    after: formatValue('bytes', after),
  }
  if (after > before)
    return sayOperation('defragment_grew', { ...texts, growth: formatValue('bytes', after - before) })
  const seconds = (durationMs / 1_000).toFixed(1)
  return sayOperation('defragment_done', {
    ...texts,
    reclaimed: formatValue('bytes', before - after),
    seconds,
  })
}
