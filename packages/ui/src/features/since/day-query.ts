import type { Accessor } from 'solid-js'
import { type RangeAnswer, SHAPES } from '../../api/answers.ts'
import { useClient } from '../../api/client-context.ts'
import { currentSession } from '../../api/session.ts'
import { createQuery } from '../../primitives/create-query.ts'
import { toWindowData, type WindowData } from '../range/window-data.ts'
import { useCluster } from '../shell/cluster-state.ts'

const DAY = { kind: 'last', range: '24h' } as const
/** Of a day in slots of 5 minutes. */
const LOOK_EVERY = 60_000

/** The least value of each slot of the last 24 h. `memberId`: one, `all`, or undefined while there is nobody to ask for. */
export function createDayQuery(
  memberId: Accessor<string | undefined>,
  metrics: readonly string[],
): Accessor<WindowData | undefined> {
  const client = useClient()
  const cluster = useCluster()
  const query = createQuery<WindowData>(() => {
    const id = memberId()
    return {
      queryKey: ['day', id, metrics], // not among those that Monitor refreshes together
      queryFn: async ({ signal }) => {
        const asked = {
          member_id: id,
          metrics: metrics.join(','),
          format: 'columns',
          range: '24h',
          agg: 'min',
        }
        const answer = await client.get<RangeAnswer>(
          'range',
          { ...asked, include: 'stats' },
          { shape: SHAPES.range, signal },
        )
        return toWindowData(answer, DAY, cluster.readNow())
      },
      enabled: currentSession() !== undefined && id !== undefined,
      refetchInterval: LOOK_EVERY,
    }
  })
  return () => query().data
}
