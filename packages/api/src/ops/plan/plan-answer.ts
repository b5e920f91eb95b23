import { CHECK_CODES, type Check } from '@etcdmonitor/core/operations/check-codes'
import type { PlannedStep } from '@etcdmonitor/core/operations/plan-defragment'
import { z } from '@hono/zod-openapi'

const CheckAnswer = z
  .object({ code: z.enum(CHECK_CODES), message: z.string(), member_id: z.string().optional() })
  .openapi('OperationCheck')

const PlanStep = z
  .object({
    action: z.enum(['defragment', 'move_leader', 'compact', 'disarm']),
    member_id: z.string().openapi({ description: 'empty: the whole cluster' }),
    member_name: z.string(),
    role: z.enum(['leader', 'follower', 'learner', '']),
    note: z.string(),
    skipped: z.boolean().openapi({ description: 'nothing is done with this member; note says why' }),
    blocked_seconds: z
      .int()
      .openapi({ description: 'how long the member is expected to answer nothing; 0 where nothing is done' }),
    advice: z.enum(['recommended', 'possible', 'not_worth_it']).optional(),
  })
  .openapi('PlanStep')

/** Answer to `dry_run` (api.md 8.1). */
export const PlanAnswer = z
  .object({
    dry_run: z.literal(true),
    allowed: z.boolean(),
    blockers: z.array(CheckAnswer),
    warnings: z.array(CheckAnswer),
    steps: z.array(PlanStep),
    plan_token: z.string().openapi({ description: 'binds the act to this plan, for 10 min' }),
  })
  .openapi('OperationPlan')

export type PlanStepAnswer = z.output<typeof PlanStep>

export const toCheckAnswer = ({ code, message, memberId }: Check): z.output<typeof CheckAnswer> => ({
  code,
  message,
  ...(memberId !== undefined && { member_id: memberId }),
})

export const toPlanStep = ({
  action,
  member: { id, name },
  role,
  note,
  advice,
  isSkipped,
  blockedSeconds,
}: PlannedStep): PlanStepAnswer => ({
  action,
  member_id: id,
  member_name: name,
  role,
  note,
  skipped: isSkipped,
  blocked_seconds: blockedSeconds,
  ...(advice && { advice }),
})
