import { useNavigate } from '@solidjs/router'
import { useQueryClient } from '@tanstack/solid-query'
import { type MessageAnswer, SHAPES } from '../../api/answers.ts'
import { useClient } from '../../api/client-context.ts'
import { endSession } from '../../api/session.ts'

/** Ends the session on the server and forgets it here, whatever the server says. */
export function createSignOut(): () => Promise<void> {
  const client = useClient()
  const queries = useQueryClient()
  const navigate = useNavigate()
  return async () => {
    const told = client
      .post<MessageAnswer>('auth/logout', undefined, { shape: SHAPES.message })
      .catch(() => undefined)
    // the request has read the token by now
    endSession('out')
    queries.clear()
    navigate('/login', { replace: true })
    await told
  }
}
