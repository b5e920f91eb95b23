import type { MemberView } from './cluster-view.ts'
import { describeFailure } from './describe-failure.ts'
import type { EtcdFailure, EtcdFailureKind, EtcdStage } from './failure.ts'
import { stageName } from './stage-name.ts'

export type MemberHealth = 'unreachable' | 'unhealthy' | 'learner' | 'healthy'

const MAX_ERRORS = 10
const MAX_ERROR_LENGTH = 200

/** The first that holds, in the order of the union (api.md 5.1). */
export function memberHealth(member: MemberView): MemberHealth {
  if (!hasAnswered(member)) return isSilent(member.failure) ? 'unreachable' : 'unhealthy'
  const { errors, leaderId, alarms } = member.status
  const isAlarmed = alarms.some(({ memberId }) => memberId === member.id)
  if (errors.length > 0 || leaderId === undefined || isAlarmed) return 'unhealthy'
  return member.isLearner ? 'learner' : 'healthy'
}

/** Its newest probe was answered, so its status is of now. */
export const hasAnswered = (
  member: MemberView,
): member is MemberView & { readonly status: NonNullable<MemberView['status']> } =>
  member.status !== undefined && member.failure === undefined

/** Not probed yet counts as silent. A refused user or certificate of ours proves that the member lives (etcd.md 5.2). */
const isSilent = (failure: EtcdFailure | undefined): boolean =>
  failure === undefined || SILENT_STAGES.has(failure.stage) || SILENT_KINDS.has(failure.kind)

const SILENT_STAGES: ReadonlySet<EtcdStage> = new Set(['dns', 'tcp', 'tls'])
/** Somebody else answered, or a hung process took the call and never answered. */
const SILENT_KINDS: ReadonlySet<EtcdFailureKind> = new Set(['deadline', 'wrong_cluster', 'wrong_member'])

/** What Status said, after why the newest probe failed: `<stage>: <reason>`. At most 10 of 200 characters. */
export function memberErrors({ status, failure }: MemberView): string[] {
  const texts = [...(failure ? [describeStage(failure)] : []), ...(status?.errors ?? [])]
  return texts.slice(0, MAX_ERRORS).map((text) => text.slice(0, MAX_ERROR_LENGTH))
}

const describeStage = (failure: EtcdFailure): string => {
  const sentence = describeFailure(failure)
  return failure.kind === 'blocked_url' ? sentence : `${stageName(failure)}: ${sentence}`
}
