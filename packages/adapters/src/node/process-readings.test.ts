import { expect, it, onTestFinished } from 'vitest'
import { watchProcess } from './process-readings.ts'

function block(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

it('tells how late the event loop was since it was asked last', async () => {
  using watched = watchProcess()
  const busy = setInterval(block, 150, 100) // apart from the look: what follows it at once is measured from nowhere
  onTestFinished(() => clearInterval(busy))
  await expect
    .poll(() => watched.read().loopDelays.find(([quantile]) => quantile === 1)?.[1])
    .toBeGreaterThan(0.05)
})

it('tells what the process has taken', () => {
  using watched = watchProcess()
  const { cpuSeconds, residentBytes, openFiles, startedAt } = watched.read()
  expect(cpuSeconds).toBeGreaterThan(0)
  expect(residentBytes).toBeGreaterThan(10_000_000)
  expect(openFiles).toBeGreaterThan(2)
  expect(startedAt).toBeLessThan(Date.now() / 1_000)
})
