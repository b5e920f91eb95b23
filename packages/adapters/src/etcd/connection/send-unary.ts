import { AppError } from '@etcdmonitor/core/errors'
import type { Clock } from '@etcdmonitor/core/time'
import type * as grpc from '@grpc/grpc-js'
import type { CallBudget } from './call-budget.ts'
import { callError, toCallError } from './call-error.ts'
import type { EtcdService } from './schema.ts'

/** A call as etcd3's clients name it, such as `memberList`. */
export interface Unary {
  readonly service: EtcdService
  readonly method: string
  readonly params: unknown
}

interface Sending {
  readonly client: grpc.Client
  readonly call: Unary
  readonly metadata: grpc.Metadata
  readonly url: string
  readonly budget: CallBudget
  readonly clock: Pick<Clock, 'now'>
}

type UnaryMethod = (
  params: unknown,
  metadata: grpc.Metadata,
  options: grpc.CallOptions,
  done: (error: grpc.ServiceError | null, answer: unknown) => void,
) => grpc.ClientUnaryCall

/**
 * The only place that sends a unary call: none goes without a deadline. @throws EtcdCallError, the reason of the budget's signal, or AppError
 * `shutting_down` where the budget says that nothing may be sent any more
 */
export function sendUnary({
  client,
  call: { service, method, params },
  metadata,
  url,
  budget,
  clock,
}: Sending): Promise<unknown> {
  const name = method[0]?.toUpperCase() + method.slice(1)
  const send = (client as unknown as Record<string, UnaryMethod | undefined>)[name] // grpc makes them from the schema
  const context = { endpoint: url, method: `${service}.${name}`, sent: true }
  if (!send) throw callError('not_supported', context, `no method ${name}`)
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const { signal } = budget
  signal.throwIfAborted()
  if (budget.mayStillSend?.() === false)
    throw new AppError('shutting_down', 'nothing was sent: this process is stopping, or has lost its place')
  const deadline = clock.now() + budget.left()
  const running = send.call(client, params, metadata, { deadline }, (error, answer) => {
    signal.removeEventListener('abort', cancel)
    if (signal.aborted) reject(signal.reason)
    else if (error) reject(toCallError(error, context))
    else resolve(answer)
  })
  const cancel = () => running.cancel()
  signal.addEventListener('abort', cancel)
  return promise
}
