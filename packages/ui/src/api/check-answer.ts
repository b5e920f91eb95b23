import { badAnswer, isRecord } from './problem.ts'

/** `number?` and `string?` may be null. */
export type Kind = 'string' | 'number' | 'boolean' | 'array' | 'object' | 'number?' | 'string?'

/** The members of an answer that the page cannot do without, with their kinds. */
export type Shape<T> = { readonly [K in keyof T]?: Kind }

/**
 * `body` as a `T`, after a look at the members that `shape` names; what stands deeper is the API's word.
 * @throws Problem `bad_answer` naming the first member that is missing or of another kind
 */
export function checkAnswer<T>(status: number, body: unknown, shape: Shape<T>): T {
  if (!isRecord(body)) throw badAnswer(status, 'the answer is no JSON object')
  for (const [name, kind] of Object.entries<Kind | undefined>(shape)) {
    if (kind && !isKind(body[name], kind)) throw badAnswer(status, `the answer has no usable "${name}"`)
  }
  return body as T // what the shape names was looked at; the rest is declared by the API's own types
}

function isKind(value: unknown, kind: Kind): boolean {
  if (kind.endsWith('?') && value === null) return true
  if (kind === 'array') return Array.isArray(value)
  if (kind === 'object') return isRecord(value)
  return typeof value === kind.replace('?', '')
}
