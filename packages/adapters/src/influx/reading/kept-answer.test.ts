import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { expect, it } from 'vitest'
import { keepFor } from './kept-answer.ts'

it('asks once for all who come while an answer is on its way or kept', async () => {
  const clock = manualClock()
  let asked = 0
  const read = keepFor(
    clock,
    () => 1_000,
    async (_: string) => ++asked,
  )
  expect(await Promise.all([read('a'), read('a')])).toEqual([1, 1])
  await clock.advance(999)
  expect(await read('a')).toBe(1)
  await clock.advance(1)
  expect(await Promise.all([read('a'), read('a')])).toEqual([2, 2])
  expect(await Promise.all([read('b'), read('b')])).toEqual([3, 3])
})

it('keeps no failure, and each answer for as long as it is worth', async () => {
  const clock = manualClock()
  const answers: (number | Error)[] = [new Error('away'), 5, 7]
  const read = keepFor(
    clock,
    (seconds: number) => seconds * 1_000,
    async (_: undefined) => {
      const answer = answers.shift() ?? 9
      if (answer instanceof Error) throw answer
      return answer
    },
  )
  await expect(read(undefined)).rejects.toThrow('away')
  expect(await read(undefined)).toBe(5)
  await clock.advance(4_999)
  expect(await read(undefined)).toBe(5)
  await clock.advance(1)
  expect(await read(undefined)).toBe(7)
})
