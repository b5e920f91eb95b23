import { expect, it } from 'vitest'
import { createResultCache } from './result-cache.ts'

const answer = (bytes: number) => ({ body: new Uint8Array(bytes) })

it('gives what was put in, and drops the least recently used beyond its bytes', () => {
  const cache = createResultCache(4_000)
  cache.set('a', answer(1_000))
  cache.set('b', answer(1_000))
  expect(cache.get('a')?.body).toHaveLength(1_000)
  cache.set('c', answer(1_000))
  expect(cache.get('b')).toBeUndefined()
  expect(cache.get('a')).toBeDefined()
  expect(cache.get('c')).toBeDefined()
  expect(cache.size()).toBe(2)
})

it('counts an entry that is replaced once', () => {
  const cache = createResultCache(4_000)
  cache.set('a', answer(1_000))
  for (let i = 0; i < 10; i++) cache.set('b', { ...answer(500), gzip: new Uint8Array(500) })
  expect(cache.get('a')).toBeDefined()
})

it('does not keep an answer larger than itself, nor throw out others for it', () => {
  const cache = createResultCache(2_000)
  cache.set('a', answer(1_000))
  cache.set('b', answer(3_000))
  expect(cache.get('b')).toBeUndefined()
  expect(cache.get('a')).toBeDefined()
})
