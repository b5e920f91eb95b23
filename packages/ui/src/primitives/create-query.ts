import {
  type QueryKey,
  QueryObserver,
  type QueryObserverOptions,
  type QueryObserverResult,
  useQueryClient,
} from '@tanstack/solid-query'
import { type Accessor, createComputed, createMemo, createSignal, on, onCleanup } from 'solid-js'
import type { Problem } from '../api/problem.ts'

export type QueryOptions<T> = QueryObserverOptions<T, Problem, T, T, QueryKey>
export type QueryResult<T> = QueryObserverResult<T, Problem>

/**
 * Follows one query of the client. solid-query's own `useQuery` is not used: it hands results out through a store, which wraps
 * every column of a chart in proxies, and through a resource, which suspends the page around the first read of it.
 */
export function createQuery<T>(options: Accessor<QueryOptions<T>>): Accessor<QueryResult<T>> {
  const client = useQueryClient()
  const observer = new QueryObserver(client, client.defaultQueryOptions(options()))
  const [result, setResult] = createSignal<QueryResult<T>>(observer.getCurrentResult(), { equals: false })
  createComputed(
    on(
      options,
      (next) => {
        observer.setOptions(client.defaultQueryOptions(next))
        setResult(() => observer.getCurrentResult())
      },
      { defer: true },
    ),
  )
  onCleanup(observer.subscribe((next) => setResult(() => next)))
  setResult(() => observer.getCurrentResult())
  return result
}

/**
 * Why there is no (newer) answer. Stays while it is tried again: the client forgets an error at the beginning of a fetch, and what
 * is said of it would come and go with every try. `key` tells one question from the next.
 */
export function createProblem<T>(
  query: Accessor<QueryResult<T>>,
  key: Accessor<unknown>,
): Accessor<Problem | undefined> {
  interface Kept {
    readonly key: unknown
    readonly problem?: Problem
  }
  const kept = createMemo<Kept>(
    (before) => {
      const { error, isPending } = query()
      const asked = key()
      if (error) return { key: asked, problem: error }
      return isPending && before.key === asked ? before : { key: asked }
    },
    { key: undefined },
  )
  return createMemo(() => kept().problem)
}
