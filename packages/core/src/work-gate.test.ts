import { expect, it } from 'vitest'
import { createWorkGate } from './work-gate.ts'

const never = new AbortController().signal
const settled = async () => {
  for (let i = 0; i < 10; i++) await Promise.resolve()
}

function heldWork(gate: ReturnType<typeof createWorkGate>, started: number[]) {
  const releases: (() => void)[] = []
  const start = (id: number, signal = never) =>
    gate.run(() => {
      started.push(id)
      return new Promise<number>((resolve) => releases.push(() => resolve(id)))
    }, signal)
  return { start, releases }
}

it('runs two, queues the others in order, and refuses what does not fit the queue', async () => {
  const started: number[] = []
  const { start, releases } = heldWork(createWorkGate({ running: 2, waiting: 2 }), started)
  const all = [1, 2, 3, 4].map((id) => start(id))
  await expect(start(5)).rejects.toMatchObject({ code: 'overloaded' })
  expect(started).toEqual([1, 2])
  releases[1]?.()
  await settled()
  expect(started).toEqual([1, 2, 3])
  releases[0]?.()
  releases[2]?.()
  await settled()
  releases[3]?.()
  expect(await Promise.all(all)).toEqual([1, 2, 3, 4])
})

it('gives the place back when work fails', async () => {
  const gate = createWorkGate({ running: 1, waiting: 0 })
  await expect(gate.run(() => Promise.reject(new Error('broken')), never)).rejects.toThrow('broken')
  expect(await gate.run(async () => 7, never)).toBe(7)
})

it('lets one that waits go, and its place in the queue with it', async () => {
  const started: number[] = []
  const { start, releases } = heldWork(createWorkGate({ running: 1, waiting: 1 }), started)
  const first = start(1)
  const stop = new AbortController()
  const second = start(2, stop.signal)
  stop.abort(new Error('gone'))
  await expect(second).rejects.toThrow('gone')
  const third = start(3)
  releases[0]?.()
  await first
  await settled()
  releases[1]?.()
  expect(await third).toBe(3)
  expect(started).toEqual([1, 3])
})
