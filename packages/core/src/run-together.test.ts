import { expect, it } from 'vitest'
import { runTogether } from './run-together.ts'

/** A loop that ends some turns after it is asked to. */
function slowLoop() {
  const state = { isAsked: false, isOver: false }
  const run = async (signal: AbortSignal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    state.isAsked = true
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
    state.isOver = true
  }
  return { run, state }
}

it('ends when its signal aborts and all loops have ended', async () => {
  const stop = new AbortController()
  const [a, b] = [slowLoop(), slowLoop()]
  const running = runTogether([a.run, b.run], stop.signal)
  stop.abort()
  await running
  expect([a.state.isOver, b.state.isOver]).toEqual([true, true])
})

it('asks the others to end when one throws, waits for them, and throws its error', async () => {
  const other = slowLoop()
  const fail = async () => {
    throw new Error('a bug')
  }
  const running = runTogether([other.run, fail], new AbortController().signal)
  await expect(running).rejects.toThrow('a bug')
  expect(other.state).toEqual({ isAsked: true, isOver: true })
})

it('throws the first of several errors', async () => {
  const second = async (signal: AbortSignal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    throw new Error('second')
  }
  const first = async () => {
    throw new Error('first')
  }
  await expect(runTogether([second, first], new AbortController().signal)).rejects.toThrow('first')
})
