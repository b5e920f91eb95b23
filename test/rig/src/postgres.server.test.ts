import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isRunning } from './is-running.ts'
import { needServer } from './need-server.ts'
import { type Postgres, startPostgres } from './postgres.ts'
import { listProcesses } from './process-list.ts'
import { startProgram } from './processes.ts'

needServer('postgres', () => {
  describe('a PostgreSQL of the rig', () => {
    let postgres: Postgres
    beforeAll(async () => {
      postgres = await startPostgres()
    })
    afterAll(() => postgres[Symbol.asyncDispose]())

    it('answers, and keeps what was committed when it is killed', async () => {
      await postgres.query('create table kept (n int); insert into kept values (1), (2)')
      await postgres.kill()
      await expect(postgres.query('select 1')).rejects.toThrow(/refused/)
      await postgres.restart()
      expect(await postgres.query('select n, n * 10 from kept order by n')).toEqual(['1|10', '2|20'])
    })

    it('accepts and stays silent while it hangs, then answers', async () => {
      postgres.hang()
      const asked = postgres.query('select 5')
      const early = await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 300, 'silent'))])
      expect(early).toBe('silent')
      postgres.resume()
      expect(await asked).toEqual(['5'])
    })
  })

  it('ends with the process that started it, also when that is killed', async () => {
    const script = `const { startPostgres } = await import('./test/rig/src/postgres.ts')
      const { url } = await startPostgres(); console.log('ready ' + new URL(url).port)`
    const program = await startProgram({ args: ['--input-type=module', '-e', script] })
    const { text } = await program.waitForLine((line) => line.text.startsWith('ready '))
    const port = `-p ${text.slice('ready '.length)} `
    const servers = listProcesses().filter(({ command }) => command.includes(port))
    expect(servers).toHaveLength(1)
    await program.kill()
    await expect.poll(() => servers.some(({ pid }) => isRunning(pid))).toBe(false)
    for (const { command } of servers) // nobody was left to remove it
      rmSync(/-D (\S+)\/data /.exec(command)?.[1] ?? '', { recursive: true })
  })
})
