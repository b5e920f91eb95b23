import { toFailureMessage } from '@etcdmonitor/core/etcd/describe-failure'

const MAX_ERRORS = 3

/**
 * What a driver said of a request that had no answer, in one line of at most 200 characters: of a host with several addresses, what each
 * met with. `secret` never stands in it, whatever the driver quotes.
 */
export function tellCause(error: unknown, secret: string): string {
  const text = messagesOf(error).slice(0, MAX_ERRORS).join('; ')
  return toFailureMessage(secret === '' ? text : text.replaceAll(secret, '***'))
}

/** Node wraps the errors of several addresses into one that says nothing itself. */
function messagesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [String(error)]
  if (error instanceof AggregateError) return error.errors.flatMap(messagesOf)
  const { code }: Partial<NodeJS.ErrnoException> = error // only looked at
  const isNamed = code === undefined || error.message.includes(code)
  return [isNamed ? error.message || error.name : `${error.message} (${code})`]
}
