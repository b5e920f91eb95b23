import { type Accessor, createMemo } from 'solid-js'
import { useClient } from '../../api/client-context.ts'
import { createQuery } from '../../primitives/create-query.ts'

/** Of a member that the cluster does not list: undefined while it is not known what it was. */
export type Absence = 'left' | 'unknown' | undefined

/** Whether there ever was the member `id`; undefined: nothing to ask. */
export function createAbsentMember(id: Accessor<string | undefined>): Accessor<Absence> {
  const client = useClient()
  const query = createQuery(() => ({
    queryKey: ['member', id()],
    queryFn: ({ signal }) =>
      client.get<{ readonly member_id: string }>(
        'current',
        { member_id: id(), metrics: 'collector_up' },
        { shape: { member_id: 'string' }, signal },
      ),
    enabled: id() !== undefined,
  }))
  return createMemo(() => {
    if (query().error?.code === 'member_not_found') return 'unknown'
    return query().data && 'left'
  })
}
