import type { Accessor } from 'solid-js'
import { type RunAnswer, SHAPES } from '../../../api/answers.ts'
import { useClient } from '../../../api/client-context.ts'
import type { Problem } from '../../../api/problem.ts'
import { currentSession } from '../../../api/session.ts'
import { createProblem, createQuery } from '../../../primitives/create-query.ts'

const LOOK_EVERY = 1_000

export interface RunState {
  readonly run: Accessor<RunAnswer | undefined>
  readonly problem: Accessor<Problem | undefined>
  readonly isLoading: Accessor<boolean>
  /** Unix ms by the browser's clock, of the newest answer. */
  readonly answeredAt: Accessor<number>
  readonly retry: () => void
}

/** One run, followed every second while it runs, from whatever process answers. */
export function createRunQuery(id: string): RunState {
  const client = useClient()
  const query = createQuery<RunAnswer>(() => ({
    queryKey: ['ops', 'run', id],
    queryFn: ({ signal }) => client.get(`ops/runs/${id}`, {}, { shape: SHAPES.run, signal }),
    enabled: currentSession() !== undefined,
    refetchInterval: (self) => (isOver(self.state.data) ? false : LOOK_EVERY),
  }))
  return {
    run: () => query().data,
    problem: createProblem(query, () => id),
    isLoading: () => query().isPending,
    answeredAt: () => query().dataUpdatedAt,
    retry: () => void query().refetch(),
  }
}

/** Of a run that was interrupted its last step may still be settled. */
const isOver = (run: RunAnswer | undefined): boolean =>
  run !== undefined && run.state !== 'running' && run.finished_at !== null
