import { type AuthStatus, SHAPES } from '../../api/answers.ts'
import { useClient } from '../../api/client-context.ts'
import { createQuery } from '../../primitives/create-query.ts'

export const AUTH_KEY = ['auth']

/** What is known before a sign-in: whether the first password is still unused, and the rules for a new one. */
export function createAuthStatus() {
  const client = useClient()
  return createQuery<AuthStatus>(() => ({
    queryKey: AUTH_KEY,
    queryFn: ({ signal }) => client.get('auth/status', {}, { shape: SHAPES.authStatus, signal }),
    retry: false,
    staleTime: 1_000,
  }))
}
