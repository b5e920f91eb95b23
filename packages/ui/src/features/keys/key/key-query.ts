import { useQueryClient } from '@tanstack/solid-query'
import { type Accessor, createMemo, createSignal } from 'solid-js'
import { type AuthStatus, type KeyAnswer, type KeySeparator, SHAPES } from '../../../api/answers.ts'
import { useClient } from '../../../api/client-context.ts'
import type { Problem } from '../../../api/problem.ts'
import { currentSession } from '../../../api/session.ts'
import { createProblem, createQuery, type QueryResult } from '../../../primitives/create-query.ts'
import { AUTH_KEY } from '../../signin/auth-status.ts'
import { identityOf, keyParams } from '../key-name.ts'
import { KEY_TIMEOUT } from '../key-timeout.ts'

export const ONCE = { staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false } as const

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

/** From so many bytes on it is said how large a value is while it comes. */
const LARGE = 1_048_576
const VALUE_KEPT = 300_000

export interface LoadedValue extends Loaded<KeyAnswer> {
  /** Bytes of a large value that is on its way. */
  readonly coming: Accessor<number | undefined>
  /** Somebody did not want to wait for it. */
  readonly isCancelled: Accessor<boolean>
  readonly cancel: () => void
}

/** A key with its value: read when it is opened, and never by itself later. */
export function createKeyValue(key: Accessor<Uint8Array>): LoadedValue {
  const client = useClient()
  const queries = useQueryClient()
  const [size, setSize] = createSignal<number>()
  const sizeOf = (headers: Headers) => setSize(Number(headers.get('x-value-bytes') ?? '0'))
  const result = createQuery<KeyAnswer>(() => {
    const wanted = key()
    return {
      queryKey: valueKey(wanted),
      queryFn: ({ signal }) => {
        setSize(undefined)
        const request = { shape: SHAPES.key, signal, timeout: KEY_TIMEOUT, onHeaders: sizeOf }
        return client.get('kv/v3/get', keyParams(wanted), request)
      },
      enabled: currentSession() !== undefined,
      gcTime: VALUE_KEPT,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      structuralSharing: false,
    }
  })
  const problem = createProblem(result, () => identityOf(key()))
  return {
    result,
    problem,
    coming: () => (result().isFetching && (size() ?? 0) >= LARGE ? size() : undefined),
    isCancelled: () => result().isPending && !result().isFetching && !problem() && size() !== undefined,
    cancel: () => void queries.cancelQueries({ queryKey: valueKey(key()) }),
  }
}
