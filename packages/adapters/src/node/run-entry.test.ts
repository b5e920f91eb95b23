import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'

/** A process whose `run` has this body; `ready` when it has begun. */
async function startEntry(body: string, stopLimit = 5_000) {
  const modules = ['run-entry', 'log'].map((name) => new URL(`./${name}.ts`, import.meta.url).href)
  const program = `
    import { runEntry } from ${JSON.stringify(modules[0])}
    import { createLog } from ${JSON.stringify(modules[1])}
    import { StartRefused } from '@etcdmonitor/core/errors'
    await runEntry({ stopLimit: ${stopLimit}, async run({ stop, useLog }) {
      const stopped = new Promise((resolve) => stop.addEventListener('abort', resolve))
      const idle = setInterval(() => {}, 1_000)
      useLog(createLog('info'))
      process.send('ready')
      try { ${body} } finally { clearInterval(idle) }
    } })`
  const args = ['--input-type=module', '--eval', program]
  const child = spawn(process.execPath, args, {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const pipes = [child.stdout, child.stderr].flatMap((pipe) => (pipe ? [text(pipe)] : []))
  const output = Promise.all(pipes)
  const ended = once(child, 'exit') // before anything is awaited: it may end at once
  await once(child, 'message')
  return {
    child,
    end: async () => ({ code: (await ended)[0] as number | null, output: (await output).join('') }),
  }
}

const stops: readonly (readonly [string, (child: ChildProcess) => unknown])[] = [
  ['SIGTERM', (child) => child.kill('SIGTERM')],
  ['SIGINT', (child) => child.kill('SIGINT')],
  ['SIGHUP', (child) => child.kill('SIGHUP')],
  ['the end of its parent', (child) => child.disconnect()],
]
it.each(stops)('F26 F58 stops in good order on %s', async (_, stop) => {
  const { child, end } = await startEntry(`await stopped; console.log('closed')`)
  stop(child)
  expect(await end()).toEqual({ code: 0, output: 'closed\n' })
})

it('stops in good order in the middle of its start', async () => {
  const { child, end } = await startEntry(`await stopped; stop.throwIfAborted()`)
  child.kill('SIGTERM')
  expect(await end()).toEqual({ code: 0, output: '' })
})

it('ends at once on a second signal', async () => {
  const { child, end } = await startEntry(
    `await stopped; process.send('stopping'); await new Promise(() => {})`,
  )
  child.kill('SIGTERM')
  await once(child, 'message')
  child.kill('SIGTERM')
  expect((await end()).code).toBe(1)
})

it('ends when stopping takes longer than its limit', async () => {
  const { child, end } = await startEntry('await new Promise(() => {})', 50)
  child.kill('SIGTERM')
  expect((await end()).code).toBe(1)
})

it('F28 shows the problems of a refused start on lines of their own', async () => {
  const { end } = await startEntry(`throw new StartRefused(['a: is wrong', 'b: is wrong'])`)
  expect(await end()).toEqual({ code: 78, output: 'a: is wrong\nb: is wrong\n' })
})

it.each([
  ['an exception', `setTimeout(() => { throw new Error('deep') }); await stopped; console.log('closed')`],
  ['a rejection', `void Promise.reject(new Error('deep')); await stopped; console.log('closed')`],
  ['an error of the run itself', `console.log('closed'); throw new Error('deep')`],
])('F30 stops after %s that nobody caught, with one line and 70', async (_, body) => {
  const { code, output } = await (await startEntry(body)).end()
  expect(code).toBe(70)
  const lines = output.trim().split('\n').toSorted()
  expect(lines).toHaveLength(2)
  expect(lines[0]).toBe('closed')
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({
    level: 'error',
    event: 'uncaught_error',
    error: { message: 'deep', stack: expect.stringContaining('at ') },
  })
})
