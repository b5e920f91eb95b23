import type { Accessor } from 'solid-js'
import { type CompactRevisionAnswer, SHAPES } from '../../../api/answers.ts'
import { useClient } from '../../../api/client-context.ts'
import type { Problem } from '../../../api/problem.ts'
import { currentSession } from '../../../api/session.ts'
import { createProblem, createQuery } from '../../../primitives/create-query.ts'

const LOOK_EVERY = 10_000

export interface RevisionState {
  readonly answer: Accessor<CompactRevisionAnswer | undefined>
  /** Unix ms by the browser's clock, of the answer. */
  readonly readAt: Accessor<number>
  readonly problem: Accessor<Problem | undefined>
}

/** How far the history goes, from etcd itself. */
export function createRevisionQuery(): RevisionState {
  const client = useClient()
  const query = createQuery<CompactRevisionAnswer>(() => ({
    queryKey: ['ops', 'compact', 'revision'],
    queryFn: ({ signal }) =>
      client.get('ops/compact/revision', {}, { shape: SHAPES.compactRevision, signal }),
    enabled: currentSession() !== undefined,
    refetchInterval: LOOK_EVERY,
  }))
  return {
    answer: () => query().data,
    readAt: () => query().dataUpdatedAt,
    problem: createProblem(query, () => 'revision'),
  }
}
