import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { AppError, type ErrorCode } from '@etcdmonitor/core/errors'
import { expect, it } from 'vitest'
import { createHoldRefusals } from './hold-refusals.ts'

const STAYS = new AbortController().signal

function open() {
  const clock = manualClock()
  const hold = createHoldRefusals(clock)
  const told: string[] = []
  const refuse = (code: ErrorCode, signal = STAYS) =>
    void hold(signal, () => Promise.reject(new AppError(code, 'no'))).catch(() => told.push(code))
  return { clock, hold, told, refuse }
}

it.each(['rate_limited', 'login_capacity'] as const)(
  'holds %s back for a quarter of a second',
  async (code) => {
    const { clock, told, refuse } = open()
    refuse(code)
    await clock.advance(249)
    expect(told).toEqual([])
    await clock.advance(1)
    expect(told).toEqual([code])
  },
)

it.each(['account_locked', 'auth_store_unavailable', 'weak_password'] as const)(
  'tells %s at once',
  async (code) => {
    const { clock, told, refuse } = open()
    refuse(code)
    await clock.settle()
    expect(told).toEqual([code])
  },
)

it('gives an answer as it comes, while others are held', async () => {
  const { clock, hold, told, refuse } = open()
  refuse('rate_limited')
  expect(await hold(STAYS, async () => 'signed in')).toBe('signed in')
  expect(told).toEqual([])
  await clock.advance(250)
  expect(told).toEqual(['rate_limited'])
})

it('holds nothing for a client that has left', async () => {
  const { clock, told, refuse } = open()
  const client = new AbortController()
  refuse('rate_limited', client.signal)
  client.abort()
  await clock.settle()
  expect(told).toEqual(['rate_limited'])
})

it('holds a thousand, and refuses further ones at once', async () => {
  const { clock, told, refuse } = open()
  for (let attempt = 0; attempt < 1_001; attempt += 1) refuse('rate_limited')
  await clock.settle()
  expect(told).toHaveLength(1)
  await clock.advance(250)
  expect(told).toHaveLength(1_001)
  refuse('rate_limited') // there is room again
  await clock.settle()
  expect(told).toHaveLength(1_001)
})
