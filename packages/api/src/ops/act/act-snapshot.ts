import { AppError } from '@etcdmonitor/core/errors'
import type { MemberView } from '@etcdmonitor/core/etcd/cluster-view'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import { formatValue } from '@etcdmonitor/core/format/format-value'
import { checkOperation } from '@etcdmonitor/core/operations/check-operation'
import { nameOf } from '@etcdmonitor/core/operations/judge-voters'
import { sayOperation } from '@etcdmonitor/core/operations/messages'
import type { SnapshotStream, SnapshotSummary } from '@etcdmonitor/core/ports/etcd-cluster'
import { toExact } from '../../keys/key-node.ts'
import { type MakePlan, type OperationPlan, refuseBlocked } from '../plan/operation-plan.ts'
import { noSuchMember } from '../plan/operation-request.ts'
import type { FactsReader } from '../plan/read-facts.ts'
import { planned, type RunAct, type RunHand, type StepDone } from '../run/run-act.ts'
import { runError } from '../run/run-error.ts'
import { type ActDeps, preflight } from './act-parts.ts'
import type { SnapshotTransfer } from './snapshot-transfer.ts'

export interface SnapshotPlan extends OperationPlan {
  readonly member: MemberView
}

/** What was checked; only the number of bytes where it was broken off on request. */
export interface SnapshotResult {
  readonly [name: string]: unknown
  readonly bytes: number
}

/** @throws AppError `member_not_found` */
export const makeSnapshotPlan =
  (readFacts: FactsReader, memberId: MemberId): MakePlan<SnapshotPlan> =>
  async (wanted) => {
    const facts = await readFacts(wanted)
    const member = facts.view.members.find(({ id }) => id === memberId)
    if (!member) throw noSuchMember(memberId, facts)
    const checks = checkOperation({ column: 'snapshot', memberIds: [memberId] }, facts)
    return { ...checks, facts, member, steps: [] }
  }

/** `transfer`: where the stream is handed over to the body of the answer. */
export function snapshotAct(
  deps: ActDeps,
  {
    plan,
    make,
    transfer,
    isTicket,
    fileName,
  }: {
    readonly plan: SnapshotPlan
    readonly make: MakePlan<SnapshotPlan>
    readonly transfer: SnapshotTransfer
    readonly isTicket: boolean
    readonly fileName: string
  },
): RunAct<SnapshotResult> {
  const { member, facts } = plan
  const { clusterId, epoch } = facts
  return {
    operation: 'snapshot',
    clusterId,
    target: nameOf(member),
    params: { member_id: member.id },
    audited: { member_id: member.id, ticket: isTicket },
    steps: [planned('preflight'), planned('stream', member)],
    async carryOut(hand) {
      const since = { clusterId, epoch }
      await preflight(hand, deps, {
        make: () => make({ since, ownRun: hand.runId }),
        refuse: (one) => refuseBlocked(one, member.id),
      })
      const status = await deps.etcd.status(member.id)
      const found = await hand.step({ name: 'stream', memberId: member.id }, () =>
        stream(deps, hand, { member, transfer }),
      )
      if (!found.summary) {
        const result = { bytes: found.sent }
        return { result, detail: result, isCancelled: true }
      }
      const { bytes, sha256 } = found.summary
      const revision = toExact(status.revision)
      return {
        result: {
          ...{ file_name: fileName, bytes, sha256, check: 'sha256' },
          ...{ revision, etcd_version: status.serverVersion },
          ...(found.storageVersion !== undefined && { storage_version: found.storageVersion }),
        },
        detail: { bytes, sha256, revision },
      }
    },
  }
}

interface Streamed {
  readonly sent: number
  /** Absent: broken off on request. */
  readonly summary?: SnapshotSummary
  readonly storageVersion?: string | undefined
}

async function stream(
  deps: ActDeps,
  hand: RunHand,
  { member, transfer }: { readonly member: MemberView; readonly transfer: SnapshotTransfer },
): Promise<StepDone<Streamed>> {
  const { clock, limits, etcd } = deps
  const opened = await etcd.snapshot(member.id, { signal: AbortSignal.any([transfer.over, hand.closing]) })
  const breakOff = () => transfer.breakOff(runError('client_gone', 'the run was cancelled'))
  if (hand.cancelled.aborted) breakOff()
  else {
    hand.cancelled.addEventListener('abort', breakOff, { once: true })
    transfer.open(opened)
  }
  const finished = new AbortController()
  const following = follow()
  try {
    const summary = await transfer.ended
    const value = { sent: transfer.sent(), summary, storageVersion: opened.storageVersion }
    return {
      value,
      message: sayOperation('snapshot_verified', { bytes: summary.bytes, sha256: summary.sha256 }),
    }
  } catch (error) {
    const sent = transfer.sent()
    if (hand.cancelled.aborted)
      return { value: { sent }, state: 'failed', message: broken(opened, sent, 'stopped on request') }
    throw told(error, (reason) => broken(opened, sent, reason))
  } finally {
    finished.abort()
    await following
  }

  /** How much was sent, every other second. */
  async function follow(): Promise<void> {
    try {
      for (;;) {
        await clock.sleep(limits.snapshot.progress, finished.signal)
        if (finished.signal.aborted) return
        if (!(await isNoted({ done: transfer.sent(), total: opened.totalBytes, unit: 'bytes' })))
          throw unheard()
      }
    } catch (error) {
      transfer.breakOff(error) // somebody else owns the run, or soon will
    }
  }

  /** False: the store has not answered for so long that others may take the run over. */
  async function isNoted(progress: Parameters<RunHand['progress']>[0]): Promise<boolean> {
    const patience = new AbortController()
    const noted = hand.progress(progress).then(() => true)
    const isLate = clock.sleep(limits.snapshot.unheard, patience.signal).then(() => false)
    try {
      return await Promise.race([noted, isLate])
    } finally {
      patience.abort()
      noted.catch(() => undefined) // it goes on until the store answers
    }
  }
}

const unheard = () =>
  new AppError('auth_store_unavailable', 'the state store did not answer, and others may take the run over')

const broken = ({ totalBytes }: SnapshotStream, sent: number, reason: string): string =>
  sayOperation('snapshot_broken', {
    sent: formatValue('bytes', sent),
    total: formatValue('bytes', totalBytes),
    reason,
  })

/** What the run says of a stream that was broken off. */
function told(error: unknown, describe: (reason: string) => string): unknown {
  if (!(error instanceof AppError)) return error
  const message = describe(error.message)
  if (error.code === 'etcd_corrupt' && !('failure' in error.details))
    return runError('snapshot_corrupt', message, { cause: error })
  return new AppError(error.code, message, { cause: error, details: error.details })
}
