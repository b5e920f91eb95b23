import type { AppError } from '@etcdmonitor/core/errors'
import { z } from '@hono/zod-openapi'
import { expect, it } from 'vitest'
import { refuse } from './validation-items.ts'

const refusal = (schema: z.ZodType, query: unknown): AppError =>
  refuse('query', schema.safeParse(query).error?.issues ?? expect.unreachable('taken'), query)

it('names what a closed set allows', () => {
  const error = refusal(z.object({ agg: z.enum(['avg', 'min', 'max', 'last']) }), { agg: 'sum' })
  expect(error.message).toBe('agg: "sum" is not one of avg, min, max, last')
  expect(error.details).toMatchObject({
    errors: [{ pointer: '/agg', code: 'not_allowed_value', message: 'not one of avg, min, max, last' }],
  })
})

it('says of one allowed value which', () => {
  expect(refusal(z.object({ format: z.literal('columns') }), { format: 'x' }).message).toBe(
    'format: "x" is not columns',
  )
})
