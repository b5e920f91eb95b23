import { AppError, type ErrorCode } from '../errors.ts'
import { describeFailure } from './describe-failure.ts'
import { codeOfChange, codeOfRead, type EtcdFailure } from './failure.ts'
import type { MemberId } from './member.ts'

/** The AppError of a read that asked `member`, or any member when absent. `details.failure` is the EtcdFailure. */
export function failRead(failure: EtcdFailure, member?: MemberId, cause?: unknown): AppError {
  const code = codeOfRead(failure.kind, member === undefined ? 'any member' : 'one member')
  return toAppError(code, failure, { member, cause })
}

/** The AppError of a change that was sent to `member`, or that any member could have taken when absent. */
export function failChange(failure: EtcdFailure, member?: MemberId, cause?: unknown): AppError {
  const code = codeOfChange(failure, member === undefined ? 'any member' : 'one member')
  return toAppError(code, failure, { member, cause })
}

function toAppError(
  code: ErrorCode,
  failure: EtcdFailure,
  { member, cause }: { readonly member?: MemberId | undefined; readonly cause?: unknown },
): AppError {
  const details = {
    failure,
    ...(code === 'member_unreachable' && { member_id: member, stage: failure.stage }),
    ...(code === 'not_a_voter' && { member_id: member }),
    ...(code === 'payload_too_large' && { limit: 'etcd' }),
    ...(code === 'etcd_error' && { etcd_status: failure.grpcStatus }),
  }
  return new AppError(code, describeFailure(failure), { cause, details })
}

/** The EtcdFailure that an error of the port carries. */
export const failureIn = (error: unknown): EtcdFailure | undefined =>
  error instanceof AppError ? (error.details.failure as EtcdFailure | undefined) : undefined // only the two above set it
