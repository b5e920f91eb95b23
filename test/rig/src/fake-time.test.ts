import { expect, it } from 'vitest'
import { needFakeTime, openFakeClock } from './fake-time.ts'
import { startProgram } from './processes.ts'

const SOURCE = `
  setInterval(() => console.log(JSON.stringify({ wall: Date.now(), monotonic: performance.now() })), 20)
`

it('sets the wall clock of a process while it runs, and no other clock', async ({ skip }) => {
  using clock = openFakeClock(await needFakeTime(skip))
  await using program = await startProgram({ args: ['-e', SOURCE], env: clock.env })
  const wallOf = (json: Readonly<Record<string, unknown>> | undefined) => Number(json?.wall)
  const { json: before } = await program.waitForLine(
    ({ json }) => Math.abs(wallOf(json) - Date.now()) < 60_000,
  )
  clock.set(-7_200)
  const { json: after } = await program.waitForLine(({ json }) => wallOf(json) < wallOf(before) - 7_000_000)
  expect(Number(after?.monotonic)).toBeGreaterThan(Number(before?.monotonic))
  expect(Number(after?.monotonic) - Number(before?.monotonic)).toBeLessThan(20_000)
  clock.set(3_600)
  await program.waitForLine(({ json }) => wallOf(json) > Date.now() + 3_500_000)
})
