import type { ErrorCode } from '@etcdmonitor/core/errors'
import { z } from '@hono/zod-openapi'
import { PROBLEMS } from './problem-table.ts'

const Item = z.object({
  in: z.enum(['query', 'body', 'path', 'header']),
  pointer: z.string(),
  code: z.string(),
  message: z.string(),
})

/** Described once; each answer adds which codes it can carry. */
const Problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    error: z.string(),
    code: z.string(),
    errors: z.array(Item).optional(),
  })
  .openapi('Problem')

/** The error answers of a route as OpenAPI responses: one per status, with the codes that it can carry. */
export function problemResponses(codes: readonly ErrorCode[]): Readonly<Record<number, object>> {
  const byStatus = Map.groupBy([...new Set(codes)].toSorted(), (code) => PROBLEMS[code].status)
  return Object.fromEntries(
    [...byStatus].map(([status, [first, ...rest]]) => {
      const schema = Problem.extend({ code: z.enum([first ?? 'internal', ...rest]) })
      const description = [...new Set([first, ...rest])].join(', ')
      return [status, { description, content: { 'application/problem+json': { schema } } }]
    }),
  )
}
