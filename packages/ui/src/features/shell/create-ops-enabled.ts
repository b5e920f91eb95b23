import { type Accessor, createMemo } from 'solid-js'
import { type AuthStatus, SHAPES } from '../../api/answers.ts'
import { useClient } from '../../api/client-context.ts'
import { currentSession } from '../../api/session.ts'
import { createQuery } from '../../primitives/create-query.ts'
import { AUTH_KEY } from '../signin/auth-status.ts'

/** Whether the server lets this session look at and run operations; undefined until it is known. */
export function createOpsEnabled(): Accessor<boolean | undefined> {
  const client = useClient()
  // a session that has ended asks for its renewal over the page, which stays as it is
  const username = createMemo<string | undefined>((before) => currentSession()?.username ?? before)
  const query = createQuery<AuthStatus>(() => ({
    queryKey: [...AUTH_KEY, username()],
    queryFn: ({ signal }) => client.get('auth/status', {}, { shape: SHAPES.authStatus, signal }),
    enabled: currentSession() !== undefined,
    staleTime: Number.POSITIVE_INFINITY, // a switch of the configuration: it holds as long as the server runs
  }))
  return () => query().data?.ops_enabled
}
