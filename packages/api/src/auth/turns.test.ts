import { expect, it } from 'vitest'
import { createTurns } from './turns.ts'

it('runs those of one key one after the other, and others meanwhile', async () => {
  const inTurn = createTurns()
  const begun: string[] = []
  const first = Promise.withResolvers<void>()
  const work = (name: string, until?: Promise<void>) => async () => {
    begun.push(name)
    await until
    return name
  }
  const all = Promise.all([
    inTurn('a', work('a1', first.promise)),
    inTurn('a', work('a2')),
    inTurn('b', work('b1')),
    inTurn('a', work('a3')),
  ])
  expect(await inTurn('b', work('b2'))).toBe('b2')
  expect(begun).toEqual(['a1', 'b1', 'b2'])
  first.resolve()
  expect(await all).toEqual(['a1', 'a2', 'b1', 'a3'])
  expect(begun).toEqual(['a1', 'b1', 'b2', 'a2', 'a3'])
})

it('goes on after a failure, which is told to its own caller alone', async () => {
  const inTurn = createTurns()
  const failed = inTurn('a', () => Promise.reject(new Error('away')))
  const next = inTurn('a', async () => 'done')
  await expect(failed).rejects.toThrow('away')
  expect(await next).toBe('done')
  expect(await inTurn('a', async () => 'again')).toBe('again')
})
