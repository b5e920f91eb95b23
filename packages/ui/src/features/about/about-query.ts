import type { Accessor } from 'solid-js'
import { type DebugAnswer, SHAPES } from '../../api/answers.ts'
import { useClient } from '../../api/client-context.ts'
import type { Problem } from '../../api/problem.ts'
import { currentSession } from '../../api/session.ts'
import { createProblem, createQuery } from '../../primitives/create-query.ts'

interface Ready {
  readonly status: string
}

export interface Asked<T> {
  readonly answer: Accessor<T | undefined>
  readonly problem: Accessor<Problem | undefined>
}

/** What this process is made of; the switch of the configuration may hide it (api.md 5.6). */
export function createDebugQuery(): Asked<DebugAnswer> {
  const client = useClient()
  const query = createQuery<DebugAnswer>(() => ({
    queryKey: ['debug'],
    queryFn: ({ signal }) => client.get('debug', {}, { shape: SHAPES.debug, signal }),
    enabled: currentSession() !== undefined,
    retry: false,
  }))
  return { answer: () => query().data, problem: createProblem(query, () => 'debug') }
}

/** Whether a balancer would send requests to this process (api.md 9.2): one that is not ready answers 503. */
export function createReadiness(): Asked<Ready> {
  const client = useClient()
  const query = createQuery<Ready>(() => ({
    queryKey: ['readyz'],
    queryFn: ({ signal }) => client.get<Ready>('/readyz', {}, { shape: { status: 'string' }, signal }),
    retry: false,
  }))
  return { answer: () => query().data, problem: createProblem(query, () => 'readyz') }
}
