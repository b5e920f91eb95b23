import { AppError } from '@etcdmonitor/core/errors'
import type { z } from '@hono/zod-openapi'

const MAX_ITEMS = 20
const MAX_QUOTED = 64

/** Codes of `api.md` 2.2 that this version can produce. */
export type ItemCode =
  | 'required'
  | 'wrong_type'
  | 'invalid_format'
  | 'out_of_range'
  | 'too_long'
  | 'too_many_items'
  | 'unknown_member'
  | 'unknown_parameter'
  | 'not_allowed_value'
  | 'exactly_one_of'
  | 'not_together'
  | 'invalid_base64'
  | 'invalid_cursor'
  | 'lone_surrogate'

export interface ValidationItem {
  readonly in: 'query' | 'body'
  /** JSON pointer; `""` is the whole body. */
  readonly pointer: string
  readonly code: ItemCode
  readonly message: string
}

const WORDS: Readonly<Record<ItemCode, string>> = {
  required: 'required',
  wrong_type: 'of a wrong type',
  invalid_format: 'not of the wanted form',
  out_of_range: 'out of range',
  too_long: 'too long',
  too_many_items: 'a list of too many items',
  unknown_member: 'unknown member',
  unknown_parameter: 'unknown parameter',
  not_allowed_value: 'not an allowed value',
  exactly_one_of: 'wanted in one form alone',
  invalid_base64: 'no standard base64 with padding',
  not_together: 'not allowed together with another parameter',
  invalid_cursor: 'no cursor of this list with these parameters',
  lone_surrogate: 'half of a surrogate pair is no character',
}

/** An item in the standard words of its code, or others (lower case, continuing "… is"). */
export const toItem = (
  place: ValidationItem['in'],
  path: readonly PropertyKey[],
  code: ItemCode,
  message = WORDS[code],
): ValidationItem => ({ in: place, pointer: toPointer(path), code, message })

/** Refuses a request with these items, of which 20 are shown. `detail` stands for all of them. */
export const invalidRequest = (items: readonly ValidationItem[], detail = describe(items)): AppError =>
  new AppError('validation_failed', detail, { details: { errors: items.slice(0, MAX_ITEMS) } })

/**
 * Zod's findings about `input` as an error with one item each. A schema of ours names another code by `params: { item }` of a custom
 * issue. Values are shown of a query alone: a body may hold secrets.
 */
export function refuse(
  place: ValidationItem['in'],
  issues: readonly z.core.$ZodIssue[],
  input: unknown,
  missing?: string,
): AppError {
  const items = issues.flatMap((issue) => toItems(place, issue, input))
  if (missing !== undefined && items.some(({ code }) => code === 'required'))
    return invalidRequest(items, missing)
  const value = place === 'query' ? quoted(at(input, issues[0]?.path ?? [])) : undefined
  return invalidRequest(items, describe(items, value))
}

function toItems(
  place: ValidationItem['in'],
  issue: z.core.$ZodIssue,
  input: unknown,
): readonly ValidationItem[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => toItem(place, [...issue.path, key.slice(0, MAX_QUOTED)], 'unknown_member'))
  const code = codeOf(issue, input)
  const isOurs = code !== 'required' && !/^[A-Z]/.test(issue.message) // Zod's own sentences begin with a capital
  return [toItem(place, issue.path, code, isOurs ? issue.message : wordsOf(issue, code))]
}

/** A closed set is short, and a guess at its members is what sent the request. */
function wordsOf(issue: z.core.$ZodIssue, code: ItemCode): string {
  if (issue.code !== 'invalid_value') return WORDS[code]
  return `not ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`
}

/** User input as it may be shown: JSON's escapes, cut. */
export const quoted = (value: unknown): string | undefined =>
  typeof value === 'string' ? JSON.stringify(value.slice(0, MAX_QUOTED)) : undefined

function codeOf(issue: z.core.$ZodIssue, input: unknown): ItemCode {
  if (issue.code === 'invalid_type') return at(input, issue.path) === undefined ? 'required' : 'wrong_type'
  if (issue.code === 'invalid_value') return 'not_allowed_value'
  if (issue.code === 'custom') return issue.params?.item ?? 'invalid_format'
  if (issue.code === 'too_big') return TOO_BIG.get(issue.origin) ?? 'out_of_range'
  if (issue.code !== 'too_small') return 'invalid_format'
  return issue.origin === 'string' && issue.minimum === 1 ? 'required' : 'out_of_range'
}

const TOO_BIG: ReadonlyMap<string, ItemCode> = new Map([
  ['string', 'too_long'],
  ['array', 'too_many_items'],
])

function at(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? value[key as keyof typeof value] // own key, just checked
        : undefined,
    input,
  )
}

const toPointer = (path: readonly PropertyKey[]): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

function describe([first]: readonly ValidationItem[], value?: string): string {
  if (!first) return 'the request is not valid'
  const name = first.pointer.slice(1)
  const message = value === undefined ? first.message : `${value} is ${first.message}`
  return name === '' ? message : `${name}: ${message}`
}
