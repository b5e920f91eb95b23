import { type Accessor, createMemo } from 'solid-js'
import { type AuthStatus, type KeyAnswer, type KeySeparator, SHAPES } from '../../api/answers.ts'
import { useClient } from '../../api/client-context.ts'
import type { Problem } from '../../api/problem.ts'
import { currentSession } from '../../api/session.ts'
import { createProblem, createQuery, type QueryResult } from '../../primitives/create-query.ts'
import { AUTH_KEY } from '../signin/auth-status.ts'
import { identityOf, keyParams } from './key-name.ts'
import { KEY_TIMEOUT } from './key-tree.ts'

const ONCE = { staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false } as const

export const valueKey = (key: Uint8Array) => ['kv', 'v3', 'get', identityOf(key)]

interface Loaded<T> {
  readonly result: Accessor<QueryResult<T>>
  readonly problem: Accessor<Problem | undefined>
}

/** Configuration: it holds as long as the server runs. */
export function createSeparator(): Loaded<KeySeparator> {
  const client = useClient()
  const result = createQuery<KeySeparator>(() => ({
    queryKey: ['kv', 'v3', 'separator'],
    queryFn: ({ signal }) => client.get('kv/v3/separator', {}, { shape: SHAPES.separator, signal }),
    enabled: currentSession() !== undefined,
    ...ONCE,
  }))
  return { result, problem: createProblem(result, () => 'separator') }
}

/** Whether keys may be changed here, and how large a value may be; undefined until it is known. */
export function createKeyRules(): Accessor<
  Pick<AuthStatus, 'kv_read_only' | 'kv_max_value_size'> | undefined
> {
  const client = useClient()
  const query = createQuery<AuthStatus>(() => ({
    queryKey: [...AUTH_KEY, currentSession()?.username],
    queryFn: ({ signal }) => client.get('auth/status', {}, { shape: SHAPES.authStatus, signal }),
    enabled: currentSession() !== undefined,
    ...ONCE,
  }))
  return createMemo(() => query().data)
}

/** A key with its value: read when it is opened, and never by itself later. */
export function createKeyValue(key: Accessor<Uint8Array>): Loaded<KeyAnswer> {
  const client = useClient()
  const result = createQuery<KeyAnswer>(() => {
    const wanted = key()
    return {
      queryKey: valueKey(wanted),
      queryFn: ({ signal }) =>
        client.get('kv/v3/get', keyParams(wanted), { shape: SHAPES.key, signal, timeout: KEY_TIMEOUT }),
      enabled: currentSession() !== undefined,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      structuralSharing: false,
    }
  })
  return { result, problem: createProblem(result, () => identityOf(key())) }
}
