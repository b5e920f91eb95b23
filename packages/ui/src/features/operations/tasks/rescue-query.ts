import type { Accessor } from 'solid-js'
import { type RescueAnswer, SHAPES } from '../../../api/answers.ts'
import { useClient } from '../../../api/client-context.ts'
import { currentSession } from '../../../api/session.ts'
import { createQuery, type QueryResult } from '../../../primitives/create-query.ts'
import { operationsHref } from '../../../url/operations-url.ts'

const LOOK_EVERY = 60_000
/** The walk over the prefixes takes up to 10 s, ms. */
const PATIENCE = 30_000

/** The report on the way out of NOSPACE; one for all that show it. */
export function createRescueReport(): Accessor<QueryResult<RescueAnswer>> {
  const client = useClient()
  return createQuery<RescueAnswer>(() => ({
    queryKey: ['ops', 'rescue'],
    queryFn: ({ signal }) =>
      client.get('ops/rescue', {}, { shape: SHAPES.rescue, signal, timeout: PATIENCE }),
    enabled: currentSession() !== undefined,
    refetchInterval: LOOK_EVERY,
  }))
}

/** Where the step is done. */
export const RESCUE_PLACES: Readonly<Record<string, string>> = {
  delete_keys: '/keys',
  compact: operationsHref({ task: 'compact' }),
  defragment: operationsHref({ task: 'defragment' }),
  check_size: '/cluster',
  verify_write: '/keys',
}

/** In their order of harm: keys go only where history is gone. */
const MAKING_ROOM = ['compact', 'delete_keys', 'defragment', 'check_size']

/** What is to be done next so that there is room; undefined: nothing, or it is not known. */
export const nextForRoom = (report: RescueAnswer | undefined): RescueAnswer['steps'][number] | undefined =>
  MAKING_ROOM.flatMap((wanted) => report?.steps.filter(({ action }) => action === wanted) ?? []).find(
    ({ state }) => state === 'todo',
  )
