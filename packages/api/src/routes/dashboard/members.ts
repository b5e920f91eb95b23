import { z } from '@hono/zod-openapi'
import type { ApiDeps } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import { createRouter } from '../../http/router.ts'
import { MemberAnswer, toMemberAnswers, toSeconds } from '../../members/member-answer.ts'
import type { MemberBook } from '../../members/member-book.ts'
import { toViewAge, viewAgeShape } from '../../members/view-age.ts'

const getMembers = defineRoute({
  method: 'get',
  path: '/',
  summary: 'Members of the cluster as they were last seen',
  rules: { auth: 'session', deadline: 10_000, errors: [] },
  request: { query: z.strictObject({}) },
  answer: z
    .object({
      members: z.array(MemberAnswer),
      default_member_id: z.string(),
      timestamp: z.int(),
      ...viewAgeShape,
    })
    .openapi('Members'),
})

/** `/api/members`: answered from the last view, whatever is down (api.md 5.1). */
export function membersRoutes({ clock, settings }: Pick<ApiDeps, 'clock' | 'settings'>, book: MemberBook) {
  return createRouter().openapi(getMembers, async (c) => {
    const membership = await book.read()
    const now = clock.now()
    return c.json(
      {
        members: toMemberAnswers(membership),
        default_member_id: membership.defaultId,
        timestamp: toSeconds(now),
        ...toViewAge(membership, settings.interval, now),
      },
      200,
    )
  })
}
