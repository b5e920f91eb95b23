import { HASH_REASONS } from '@etcdmonitor/core/operations/judge-hashkv'
import { z } from '@hono/zod-openapi'
import { withRefusals } from '../../audit/audited.ts'
import type { ApiSettings } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import { createRouter } from '../../http/router.ts'
import { hashKvAct, makeHashKvPlan, refuseHashKv } from '../../ops/act/act-hashkv.ts'
import { answerOf, beginOrRefuse } from '../../ops/operate.ts'
import type { OperationDeps } from '../../ops/operations.ts'
import { planPatiently } from '../../ops/plan/operation-plan.ts'
import { accepted, operationRules, WaitQuery } from '../../ops/plan/operation-request.ts'
import { RunAccepted } from '../../ops/run/run-answer.ts'

const Member = z.object({
  member_id: z.string(),
  member_name: z.string(),
  hash: z.int().nullable(),
  revision: z.int(),
  compact_revision: z.int(),
  version: z.string(),
  error: z.string().optional(),
  code: z.string().optional(),
})

const compareHashes = (settings: ApiSettings) =>
  defineRoute({
    method: 'post',
    path: '/',
    summary: 'Compares the content of all voters at one revision',
    rules: operationRules(settings, 'hashkv'),
    request: { query: WaitQuery },
    answer: z
      .object({
        consistent: z.boolean(),
        verdict: z.enum(['consistent', 'inconsistent', 'inconclusive']),
        reason: z.enum(['', ...HASH_REASONS]),
        minority: z.array(z.string()).openapi({ description: 'members that differ from the majority' }),
        attempts: z.int(),
        revision: z.int(),
        duration_ms: z.int(),
        run_id: z.string(),
        results: z.array(Member),
      })
      .openapi('HashKv'),
    others: { 202: RunAccepted },
  })

/** `/api/ops/hashkv` (api.md 8.6). */
export const opsHashKvRoutes = (deps: OperationDeps) =>
  createRouter().openapi(compareHashes(deps.settings), async (c) => {
    const from = deps.clock.monotonic()
    const make = makeHashKvPlan(deps.readFacts)
    const what = { operation: 'hashkv', target: 'cluster' } as const
    const plan = await withRefusals(c, what, async () => {
      const found = await planPatiently(() => make({}), deps)
      refuseHashKv(found)
      return found
    })
    const live = await beginOrRefuse(c, deps.engine, { what, act: hashKvAct(deps, { plan, make }) })
    const done = await answerOf(deps, live, from + c.req.valid('query').wait * 1_000)
    return done.kind === 'accepted' ? accepted(c, done.run) : c.json(done.answer, 200)
  })
