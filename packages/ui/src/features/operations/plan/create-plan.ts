import { type Accessor, createMemo } from 'solid-js'
import { type PlanAnswer, SHAPES } from '../../../api/answers.ts'
import { useClient } from '../../../api/client-context.ts'
import type { Problem } from '../../../api/problem.ts'
import { currentSession } from '../../../api/session.ts'
import { createProblem, createQuery } from '../../../primitives/create-query.ts'

/** What an operation would do with these settings, asked anew while it is looked at: a token lasts 10 minutes. */
const LOOK_EVERY = 15_000
/** Three rounds of facts, 1 s apart, and what the members take to answer, ms. */
const PATIENCE = 40_000

export interface PlanState {
  readonly plan: Accessor<PlanAnswer | undefined>
  readonly problem: Accessor<Problem | undefined>
  readonly isLoading: Accessor<boolean>
  readonly retry: () => void
}

/** `body` undefined: what is typed makes no request. */
export function createPlan(path: string, body: Accessor<object | undefined>): PlanState {
  const client = useClient()
  const asked = createMemo(() => JSON.stringify(body()))
  const query = createQuery<PlanAnswer>(() => {
    const request = body()
    return {
      queryKey: ['ops', 'plan', path, asked()],
      queryFn: ({ signal }) =>
        client.post(path, { ...request, dry_run: true }, { shape: SHAPES.plan, signal, timeout: PATIENCE }),
      enabled: request !== undefined && currentSession() !== undefined,
      refetchInterval: LOOK_EVERY,
      gcTime: 0,
      retry: false,
    }
  })
  return {
    plan: () => (body() === undefined ? undefined : query().data),
    problem: createProblem(query, asked),
    isLoading: () => body() !== undefined && query().isPending,
    retry: () => void query().refetch(),
  }
}
