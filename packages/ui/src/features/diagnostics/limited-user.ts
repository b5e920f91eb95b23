import { type Accessor, createMemo } from 'solid-js'
import { type KeyConnection, SHAPES } from '../../api/answers.ts'
import { useClient } from '../../api/client-context.ts'
import { currentSession } from '../../api/session.ts'
import { createQuery } from '../../primitives/create-query.ts'

/** The server keeps what it found out for so long, ms. */
const LOOK_EVERY = 30_000

/** Our etcd user, where it is known to lack the root role: every stage passes then, and operations are refused all the same. */
export function createLimitedUser(): Accessor<string | undefined> {
  const client = useClient()
  const query = createQuery<KeyConnection>(() => ({
    queryKey: ['diagnostics', 'user'],
    queryFn: ({ signal }) => client.get('kv/v3/connect', {}, { shape: SHAPES.keyConnection, signal }),
    enabled: currentSession() !== undefined,
    refetchInterval: LOOK_EVERY,
  }))
  return createMemo(() => query().data?.etcd_user ?? undefined)
}
