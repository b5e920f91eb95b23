import { z } from '@hono/zod-openapi'

const MAX_ID = 2n ** 64n - 1n

const isMemberId = (text: string): boolean => /^[1-9][0-9]{0,19}$/.test(text) && BigInt(text) <= MAX_ID

/** `member_id` of a query: a decimal uint64, `all`, or `default`, which absence means as well (api.md 1.7). */
export const MemberIdOrAllQuery = z
  .string()
  .refine((text) => text === 'default' || text === 'all' || isMemberId(text), 'no member id')
  .default('default')
  .openapi({ description: 'member id in decimal, all, or default', example: '10276657743932975437' })
