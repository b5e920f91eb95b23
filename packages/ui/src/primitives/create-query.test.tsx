import { render } from '@solidjs/testing-library'
import { keepPreviousData, QueryClient, QueryClientProvider } from '@tanstack/solid-query'
import { createSignal } from 'solid-js'
import { expect, it, vi } from 'vitest'
import { networkProblem, type Problem } from '../api/problem.ts'
import { createProblem, createQuery, type QueryOptions, type QueryResult } from './create-query.ts'

function follow<T>(options: () => QueryOptions<T>, key: () => unknown = () => 'one') {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const seen: { result?: () => QueryResult<T>; problem?: () => Problem | undefined } = {}
  const Probe = () => {
    seen.result = createQuery(options)
    seen.problem = createProblem(seen.result, key)
    return null
  }
  const view = render(() => (
    <QueryClientProvider client={client}>
      <Probe />
    </QueryClientProvider>
  ))
  return {
    client,
    problem: () => seen.problem?.(),
    result: () => seen.result?.() ?? expect.unreachable('no result'),
    unmount: view.unmount,
  }
}

it('tells what is answered, as the very object that was answered', async () => {
  const answer = { times: [1, 2, 3] }
  const { result } = follow(() => ({
    queryKey: ['a'],
    queryFn: async () => answer,
    structuralSharing: false,
  }))
  expect(result().isPending).toBe(true)
  await expect.poll(() => result().data).toBe(answer)
})

it('is refetched with the other active queries', async () => {
  const queryFn = vi.fn(async () => 1)
  const { client, result } = follow(() => ({ queryKey: ['range', 'a'], queryFn, staleTime: 5_000 }))
  await expect.poll(() => result().data).toBe(1)
  await client.refetchQueries({ queryKey: ['range'], type: 'active' }, { cancelRefetch: false })
  expect(queryFn).toHaveBeenCalledTimes(2)
})

it('follows its options, keeping the old answer until there is a new one', async () => {
  const [key, setKey] = createSignal('a')
  const { result } = follow(() => ({
    queryKey: [key()],
    queryFn: async ({ queryKey: [of] }) => of,
    placeholderData: keepPreviousData,
  }))
  await expect.poll(() => result().data).toBe('a')
  setKey('b')
  expect(result()).toMatchObject({ data: 'a', isPlaceholderData: true })
  await expect.poll(result).toMatchObject({ data: 'b', isPlaceholderData: false })
})

it('aborts what nobody waits for any more', async () => {
  let signal: AbortSignal | undefined
  const { unmount } = follow(() => ({
    queryKey: ['a'],
    queryFn: (context) => {
      signal = context.signal
      return new Promise(() => {})
    },
  }))
  await expect.poll(() => signal).toBeDefined()
  unmount()
  expect(signal?.aborted).toBe(true)
})

it('starts when it is enabled', async () => {
  const [enabled, setEnabled] = createSignal(false)
  const queryFn = vi.fn(async () => 1)
  const { result } = follow(() => ({ queryKey: ['a'], queryFn, enabled: enabled() }))
  expect(queryFn).not.toHaveBeenCalled()
  setEnabled(true)
  await expect.poll(() => result().data).toBe(1)
})

it('keeps a problem while the same is tried again, and forgets it with another question', async () => {
  const problem = networkProblem(new Error('away'))
  const [key, setKey] = createSignal('a')
  const tries: ((answer: number | Promise<never>) => void)[] = []
  const ask = () => new Promise<number>((resolve) => tries.push(resolve))
  const seen = follow(() => ({ queryKey: [key()], queryFn: ask }), key)
  tries[0]?.(Promise.reject(problem))
  await expect.poll(() => seen.problem()).toBe(problem)
  void seen.client.refetchQueries()
  await expect.poll(() => seen.result().isPending).toBe(true)
  expect(seen.problem()).toBe(problem)
  tries[1]?.(7)
  await expect.poll(() => seen.result().data).toBe(7)
  expect(seen.problem()).toBeUndefined()
  void seen.client.refetchQueries()
  tries[2]?.(Promise.reject(problem))
  await expect.poll(() => seen.problem()).toBe(problem)
  setKey('b')
  expect(seen.problem()).toBeUndefined()
})
