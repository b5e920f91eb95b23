import { describe, expect, it } from 'vitest'
import { isRunning } from './is-running.ts'
import { startProgram } from './processes.ts'

const run = (source: string, env = {}) => startProgram({ args: ['--input-type=module', '-e', source], env })
const LOOP = 'setInterval(() => {}, 1_000);'

describe('programs', () => {
  it('have their lines awaited, also those of before', async () => {
    await using program = await run(
      `${LOOP} console.log('plain'); console.log(JSON.stringify({ event: 'up', of: process.env.NAME }))`,
      { NAME: 'mine' },
    )
    const line = await program.waitForLine(({ json }) => json?.event === 'up')
    expect(line.json).toEqual({ event: 'up', of: 'mine' })
    expect(await program.waitForLine(({ text }) => text === 'plain')).toEqual({ text: 'plain' })
  })

  it('fail a wait with their log when they end', async () => {
    await using program = await run(`console.error('broken'); process.exitCode = 78`)
    await expect(program.waitForLine(() => false)).rejects.toThrow(/ended with 78.*\nbroken/)
    expect(await program.exited).toEqual({ code: 78, signal: null })
  })

  it('fail a wait when its time is over', async () => {
    await using program = await run(LOOP)
    await expect(program.waitForLine(() => false, 10)).rejects.toThrow('no such line within 10 ms')
  })

  it('end by a signal that they take', async () => {
    await using program = await run(
      `process.once('SIGTERM', () => process.exit(3)); ${LOOP} console.log('up')`,
    )
    await program.waitForLine(({ text }) => text === 'up')
    expect(await program.stop()).toEqual({ code: 3, signal: null })
  })

  it('end when their owner is killed', async () => {
    const child = JSON.stringify(new URL('./processes.ts', import.meta.url).href)
    await using owner = await run(`
      const { startProgram } = await import(${child})
      const grandchild = await startProgram({ args: ['-e', '${LOOP}'] })
      console.log(JSON.stringify({ pid: grandchild.pid }))`)
    const { json } = await owner.waitForLine((line) => line.json !== undefined)
    const pid = Number(json?.pid)
    expect(isRunning(pid)).toBe(true)
    await owner.kill()
    await expect.poll(() => isRunning(pid)).toBe(false)
  })
})
