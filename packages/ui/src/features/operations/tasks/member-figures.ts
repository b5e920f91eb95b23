import type { Accessor } from 'solid-js'
import { type CurrentAnswer, SHAPES } from '../../../api/answers.ts'
import { useClient } from '../../../api/client-context.ts'
import { currentSession } from '../../../api/session.ts'
import { createQuery } from '../../../primitives/create-query.ts'

const LOOK_EVERY = 10_000

/** Newest values of all members; undefined while there are none. */
export function createMemberFigures(metrics: readonly string[]): Accessor<CurrentAnswer | undefined> {
  const client = useClient()
  const query = createQuery<CurrentAnswer>(() => ({
    queryKey: ['current', ...metrics],
    queryFn: ({ signal }) =>
      client.get(
        'current',
        { member_id: 'all', metrics: metrics.join(',') },
        { shape: SHAPES.current, signal },
      ),
    enabled: currentSession() !== undefined,
    refetchInterval: LOOK_EVERY,
  }))
  return () => query().data
}
