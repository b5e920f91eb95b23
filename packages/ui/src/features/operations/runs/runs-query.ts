import { type Accessor, createEffect, createSignal, on } from 'solid-js'
import { type RunsAnswer, SHAPES } from '../../../api/answers.ts'
import { useClient } from '../../../api/client-context.ts'
import type { Problem } from '../../../api/problem.ts'
import { currentSession } from '../../../api/session.ts'
import { createProblem, createQuery } from '../../../primitives/create-query.ts'

export interface RunsFilter {
  readonly operation?: string | undefined
  readonly state?: string | undefined
}

export interface RunsPage {
  readonly page: Accessor<RunsAnswer | undefined>
  readonly problem: Accessor<Problem | undefined>
  readonly isLoading: Accessor<boolean>
  readonly isNewest: Accessor<boolean>
  readonly showOlder: () => void
  readonly showNewest: () => void
  readonly retry: () => void
}

const LIMIT = '50'
const LOOK_EVERY = 5_000

/** Runs, newest first, a page after the other; the newest page is looked at again every 5 s. */
export function createRunsPage(filter: Accessor<RunsFilter>, limit = LIMIT): RunsPage {
  const client = useClient()
  const [cursor, setCursor] = createSignal<string>()
  createEffect(on(filter, () => setCursor(undefined), { defer: true }))
  const query = createQuery<RunsAnswer>(() => {
    const { operation, state } = filter()
    const asked = { operation, state, limit, cursor: cursor() }
    return {
      queryKey: ['ops', 'runs', asked],
      queryFn: ({ signal }) => client.get('ops/runs', asked, { shape: SHAPES.runs, signal }),
      enabled: currentSession() !== undefined,
      refetchInterval: cursor() === undefined ? LOOK_EVERY : false,
    }
  })
  return {
    page: () => query().data,
    problem: createProblem(query, () => JSON.stringify([filter(), cursor()])),
    isLoading: () => query().isPending,
    isNewest: () => cursor() === undefined,
    showOlder: () => setCursor(query().data?.cursor ?? undefined),
    showNewest: () => setCursor(undefined),
    retry: () => void query().refetch(),
  }
}
