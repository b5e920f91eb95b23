import { z } from '@hono/zod-openapi'

const MAX_ID = 2n ** 64n - 1n

export const isMemberId = (text: string): boolean => /^[1-9][0-9]{0,19}$/.test(text) && BigInt(text) <= MAX_ID

/** `member_id` of a query: a decimal uint64, `all`, or `default`, which absence means as well (api.md 1.7). */
export const MemberIdOrAllQuery = z
  .string()
  .refine((text) => text === 'default' || text === 'all' || isMemberId(text), 'no member id')
  .default('default')
  .openapi({ description: 'member id in decimal, all, or default', example: '10276657743932975437' })

/** A member id in a body: numbers of JSON have lost digits. */
export const MemberIdMember = z
  .string()
  .refine(isMemberId, 'no member id')
  .openapi({ description: 'member id in decimal', example: '10276657743932975437' })

/** `member_id` of a query that names one member, or the default one. */
export const MemberIdQuery = z
  .string()
  .refine((text) => text === 'default' || isMemberId(text), 'no member id')
  .default('default')
  .openapi({ description: 'member id in decimal, or default', example: '10276657743932975437' })
