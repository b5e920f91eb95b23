import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { expect, it } from 'vitest'
import { keepFor } from './kept-answer.ts'

it('asks once for all who come while an answer is on its way or kept', async () => {
  const clock = manualClock()
  let asked = 0
  const read = keepFor(
    clock,
    () => 1_000,
    async () => ++asked,
  )
  expect(await Promise.all([read(), read()])).toEqual([1, 1])
  await clock.advance(999)
  expect(await read()).toBe(1)
  await clock.advance(1)
  expect(await Promise.all([read(), read()])).toEqual([2, 2])
})

it('keeps no failure, and each answer for as long as it is worth', async () => {
  const clock = manualClock()
  const answers: (number | Error)[] = [new Error('away'), 5, 7]
  const read = keepFor(
    clock,
    (seconds: number) => seconds * 1_000,
    async () => {
      const answer = answers.shift() ?? 9
      if (answer instanceof Error) throw answer
      return answer
    },
  )
  await expect(read()).rejects.toThrow('away')
  expect(await read()).toBe(5)
  await clock.advance(4_999)
  expect(await read()).toBe(5)
  await clock.advance(1)
  expect(await read()).toBe(7)
})
