import { toFailureMessage } from '@etcdmonitor/core/etcd/describe-failure'
import {
  type EtcdFailure,
  type EtcdFailureKind,
  recogniseFailure,
  stageOf,
} from '@etcdmonitor/core/etcd/failure'
import { status as GrpcStatus, type ServiceError } from '@grpc/grpc-js'

/** Which call failed, and whether anything of it may have reached the member. */
export interface CallContext {
  readonly endpoint: string
  /** Such as `Maintenance.Status`. */
  readonly method: string
  readonly sent: boolean
}

/** A failed call inside this adapter; the port throws an AppError with this as its cause. */
export class EtcdCallError extends Error {
  override name = 'EtcdCallError'
  readonly failure: EtcdFailure

  constructor(failure: EtcdFailure, options?: ErrorOptions) {
    super(`${failure.method} of ${failure.endpoint}: ${failure.message}`, options)
    this.failure = failure
  }
}

/** A failure that we found ourselves, not gRPC. */
export const callError = (kind: EtcdFailureKind, context: CallContext, message: string, cause?: unknown) =>
  new EtcdCallError(
    { kind, stage: stageOf(kind), ...context, grpcStatus: '', message: toFailureMessage(message) },
    { cause },
  )

const SILENT = 'accepts connections but does not answer in time: it may be starting without a quorum, or hang'

/** It took the connection and said nothing: no firewall, then, and so past the stage `tcp`. */
export const silentError = (context: CallContext) =>
  new EtcdCallError({ ...callError('timeout', context, SILENT).failure, stage: 'tls' })

/** Translates what gRPC, a socket or the resolver threw. */
export function toCallError(error: unknown, context: CallContext): EtcdCallError {
  if (error instanceof EtcdCallError) return error
  const { code, details, message } = readError(error)
  const status = typeof code === 'number' ? (GrpcStatus[code] ?? '') : ''
  const text = details ?? message
  const kind = recogniseFailure({ status, message: text, code: typeof code === 'string' ? code : '' })
  return new EtcdCallError(
    { kind, stage: stageOf(kind), ...context, grpcStatus: status, message: toFailureMessage(shorten(text)) },
    { cause: error },
  )
}

function readError(error: unknown): { code: unknown; details: string | undefined; message: string } {
  if (!(error instanceof Error)) return { code: undefined, details: undefined, message: String(error) }
  const { code, details } = error as Partial<ServiceError> // both are only looked at
  return { code, details: typeof details === 'string' ? details : undefined, message: error.message }
}

/** gRPC wraps what the socket said: `No connection established. Last error: Error: … (<time>). Resolution note: …`. */
const shorten = (text: string): string =>
  text
    .replace(/^No connection established\. Last error: (Error( \[\w+\])?: )?/, '')
    .replace(/\.?\s*(Resolution note: .*)?$/s, '')
    .replace(/ \(\d{4}-\d\d-\d\dT[\d:.]+Z\)/, '')
