import { expect, it } from 'vitest'
import { startChild } from './child-process.ts'

it('starts a program under the options that Node has here', async () => {
  const told = Promise.withResolvers<unknown>()
  const args = ['-e', 'process.send(process.execArgv)']
  const child = await startChild({ args, apart: false, onMessage: told.resolve })
  expect(process.execArgv).toContain('--disable-proto=throw') // vitest.config.ts
  expect(await told.promise).toContain('--disable-proto=throw')
  expect(await child.exited).toEqual({ code: 0, signal: null })
})
