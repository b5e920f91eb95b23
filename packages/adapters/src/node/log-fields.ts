import type { LogFields } from '@etcdmonitor/core/ports/log'

/** Texts are cut here, stacks at eight times of it: a line must stay readable and a disk must not fill from outside. */
const MAX_TEXT = 1_024
const MAX_STACK = 8 * MAX_TEXT
const MAX_DEPTH = 6
const MAX_ITEMS = 100
const MAX_CAUSES = 5

/** Fields as a log line shows them: texts cut at 1 KiB, errors as plain data with stack and causes, depth and length bounded. */
export function boundFields(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [cut(name), bound(value, 0)]))
}

function bound(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cut(value)
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Error) return describeError(value, 0)
  if (typeof value !== 'object' || value === null) return value
  if (hidesItself(value)) return value.toJSON()
  if (depth >= MAX_DEPTH) return '…'
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => bound(item, depth + 1))
  const entries = Object.entries(value).slice(0, MAX_ITEMS)
  return Object.fromEntries(entries.map(([name, item]) => [cut(name), bound(item, depth + 1)]))
}

function describeError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack = '', cause } = error
  const code: unknown = 'code' in error ? error.code : undefined
  return {
    name: cut(name),
    message: cut(message),
    ...(code !== undefined && { code: bound(code, MAX_DEPTH) }),
    stack: cut(stack, MAX_STACK),
    ...(cause !== undefined && { cause: describeCause(cause, depth + 1) }),
  }
}

function describeCause(cause: unknown, depth: number): unknown {
  if (depth > MAX_CAUSES) return '…'
  return cause instanceof Error ? describeError(cause, depth) : bound(cause, 1)
}

const hidesItself = (value: object): value is { toJSON(): unknown } =>
  'toJSON' in value && typeof value.toJSON === 'function'

const cut = (text: string, length = MAX_TEXT): string =>
  text.length > length ? `${text.slice(0, length)}…` : text
