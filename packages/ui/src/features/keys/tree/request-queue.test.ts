import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createRequestQueue } from './request-queue.ts'

it('runs four at once, however many are asked for in one go, and gives each place on', async () => {
  const queue = createRequestQueue()
  const { signal } = new AbortController()
  const ends: (() => void)[] = []
  const ask = () => new Promise<void>((resolve) => ends.push(resolve))
  const all = Array.from({ length: 10 }, () => queue.run(ask, signal))
  await setImmediate()
  expect(ends).toHaveLength(4)
  ends[0]?.()
  await setImmediate()
  expect(ends).toHaveLength(5)
  for (let at = 1; at < 10; at += 1) {
    ends[at]?.()
    await setImmediate()
  }
  await Promise.all(all)
})

it('gives the place of what was given up to the next', async () => {
  const queue = createRequestQueue()
  const gone = AbortSignal.abort(new Error('left'))
  const asked = Array.from({ length: 5 }, () => queue.run(() => Promise.resolve(1), gone))
  for (const one of asked) await expect(one).rejects.toThrow('left')
  expect(await queue.run(() => Promise.resolve(2), new AbortController().signal)).toBe(2)
})
