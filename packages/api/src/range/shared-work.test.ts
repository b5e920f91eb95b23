import { expect, it } from 'vitest'
import { createSharedWork } from './shared-work.ts'

const never = new AbortController().signal

it('does equal work once while it runs, and again afterwards', async () => {
  const shared = createSharedWork<number>()
  let runs = 0
  const start = async () => ++runs
  expect(await Promise.all([shared.join('a', never, start), shared.join('a', never, start)])).toEqual([1, 1])
  expect(await shared.join('a', never, start)).toBe(2)
})

it('keeps different work apart', async () => {
  const shared = createSharedWork<string>()
  const both = await Promise.all(['a', 'b'].map((key) => shared.join(key, never, async () => key)))
  expect(both).toEqual(['a', 'b'])
})

it('goes on for those who stay, and stops when the last one leaves', async () => {
  const shared = createSharedWork<number>()
  const leaving = [new AbortController(), new AbortController()] as const
  let stopped: AbortSignal | undefined
  const start = (signal: AbortSignal) => {
    stopped = signal
    return new Promise<number>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
    )
  }
  const first = shared.join('a', leaving[0].signal, start)
  const second = shared.join('a', leaving[1].signal, start)
  leaving[0].abort(new Error('first gone'))
  await expect(first).rejects.toThrow('first gone')
  expect(stopped?.aborted).toBe(false)
  leaving[1].abort(new Error('second gone'))
  await expect(second).rejects.toThrow('second gone')
  expect(stopped?.aborted).toBe(true)
})

it('starts anew for one who comes after the work was given up', async () => {
  const shared = createSharedWork<number>()
  const leaving = new AbortController()
  const given = shared.join('a', leaving.signal, () => new Promise<number>(() => undefined))
  leaving.abort(new Error('gone'))
  await expect(given).rejects.toThrow('gone')
  expect(await shared.join('a', never, async () => 2)).toBe(2)
})

it('hands a failure to everybody and remembers none', async () => {
  const shared = createSharedWork<number>()
  const fail = () => Promise.reject(new Error('broken'))
  const both = await Promise.allSettled([shared.join('a', never, fail), shared.join('a', never, fail)])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await shared.join('a', never, async () => 3)).toBe(3)
})
