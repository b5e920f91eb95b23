import { silentLog } from '@etcdmonitor/core/ports/log'
import { expect, it } from 'vitest'
import type { Exit } from './child-process.ts'
import { keepRunning, nextDelay } from './keep-running.ts'

const never = new AbortController().signal

/** Children that end as told, on a clock that jumps. */
function stage() {
  let now = 0
  const delays: number[] = []
  const children: { end: (exit: Exit) => void; readonly signals: NodeJS.Signals[] }[] = []
  const arrivals: (() => void)[] = []
  const clock = {
    monotonic: () => now,
    sleep: async (ms: number) => {
      delays.push(ms)
      now += ms
    },
  }
  const start = async () => {
    const { promise: exited, resolve: end } = Promise.withResolvers<Exit>()
    const signals: NodeJS.Signals[] = []
    children.push({ end, signals })
    arrivals.shift()?.()
    return { pid: children.length, exited, kill: (signal: NodeJS.Signals) => void signals.push(signal) }
  }
  const nextChild = async (index: number) => {
    if (!children[index]) await new Promise<void>((resolve) => arrivals.push(resolve))
    return children[index]!
  }
  const live = (ms: number) => {
    now += ms
  }
  return { service: { name: 'api', start, clock, log: silentLog }, nextChild, live, delays }
}

const died: Exit = { code: null, signal: 'SIGKILL' }

it('starts a child again after 1, 2, 4 … 30 s, and after 1 s again once it lived for 5 min', async () => {
  const stop = new AbortController()
  const { service, nextChild, live, delays } = stage()
  const code = keepRunning(service, { stop: stop.signal, force: never })
  for (let index = 0; index < 8; index += 1) {
    const child = await nextChild(index)
    live(index === 7 ? 300_000 : 299_999)
    child.end(index % 2 === 0 ? died : { code: 1, signal: null })
  }
  const last = await nextChild(8)
  stop.abort()
  last.end({ code: 0, signal: null })
  expect(await code).toBe(0)
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 1_000])
})

it('starts a child again that stopped without being asked', async () => {
  const { service, nextChild, delays } = stage()
  void keepRunning(service, { stop: never, force: never })
  ;(await nextChild(0)).end({ code: 0, signal: null })
  await nextChild(1)
  expect(delays).toEqual([1_000])
})

it('ends with 78 when the child does, and starts no other', async () => {
  const { service, nextChild, delays } = stage()
  const code = keepRunning(service, { stop: never, force: never })
  ;(await nextChild(0)).end({ code: 78, signal: null })
  expect(await code).toBe(78)
  expect(delays).toEqual([])
})

it.each([
  [0, { code: 0, signal: null }],
  [1, { code: 1, signal: null }],
  [1, { code: 70, signal: null }],
  [1, died],
])('asks the child to stop once, and ends with %i when it ends with %o', async (expected, exit) => {
  const stop = new AbortController()
  const { service, nextChild } = stage()
  const code = keepRunning(service, { stop: stop.signal, force: never })
  const child = await nextChild(0)
  stop.abort()
  await expect.poll(() => child.signals).toEqual(['SIGTERM'])
  child.end(exit)
  expect(await code).toBe(expected)
  expect(child.signals).toEqual(['SIGTERM'])
})

it('kills the child when told to hurry', async () => {
  const stop = new AbortController()
  const force = new AbortController()
  const { service, nextChild } = stage()
  const code = keepRunning(service, { stop: stop.signal, force: force.signal })
  const child = await nextChild(0)
  stop.abort()
  await expect.poll(() => child.signals).toEqual(['SIGTERM'])
  force.abort()
  expect(child.signals).toEqual(['SIGTERM', 'SIGKILL'])
  child.end(died)
  expect(await code).toBe(1)
})

it('never waits longer than 30 s nor shorter than 1 s', () => {
  expect([
    nextDelay(0, 0),
    nextDelay(16_000, 0),
    nextDelay(30_000, 299_999),
    nextDelay(30_000, 300_000),
  ]).toEqual([1_000, 30_000, 30_000, 1_000])
})
