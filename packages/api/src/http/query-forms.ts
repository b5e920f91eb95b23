import { z } from '@hono/zod-openapi'
import type { ItemCode } from './validation-items.ts'

/** Second argument of a `refine` whose finding has another code than `invalid_format`. */
export const item = (code: ItemCode, error: string) => ({ error, params: { item: code } })

export const WholeNumber = z
  .string()
  .regex(/^(0|[1-9][0-9]*)$/, 'no whole number')
  .transform(Number)

export const Instant = WholeNumber.refine(Number.isSafeInteger, item('out_of_range', 'no instant')).openapi({
  type: 'integer',
  description: 'Unix seconds',
})
