import { expect, it } from 'vitest'
import { systemClock } from './clock.ts'

const never = new AbortController().signal

it('sleeps no shorter than it was asked to', async () => {
  const start = performance.now()
  await systemClock.sleep(20, never)
  expect(performance.now() - start).toBeGreaterThanOrEqual(20)
})

it('sleeps until the wall clock has reached the instant', async () => {
  const at = Date.now() + 20
  await systemClock.sleepUntil(at, never)
  expect(Date.now()).toBeGreaterThanOrEqual(at)
})

it('returns at once from what has passed, and from a signal that has aborted', async () => {
  await systemClock.sleep(0, never)
  await systemClock.sleep(-5, never)
  await systemClock.sleepUntil(0, never)
  await systemClock.sleep(1e12, AbortSignal.abort())
  await systemClock.sleepUntil(Date.now() + 1e12, AbortSignal.abort())
})

it.each(['sleep', 'sleepUntil'] as const)('%s ends without error when its signal aborts', async (name) => {
  const stopping = new AbortController()
  const long = name === 'sleep' ? 1e12 : Date.now() + 1e12
  const sleeping = systemClock[name](long, stopping.signal)
  stopping.abort(new Error('stop'))
  await expect(sleeping).resolves.toBeUndefined()
})

it('lets what is ready run before its turn is over', async () => {
  const seen: string[] = []
  setImmediate(() => seen.push('ready'))
  await systemClock.turn()
  expect(seen).toEqual(['ready'])
})
