import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { toSecret } from '@etcdmonitor/core/secret'
import { describe, expect, it } from 'vitest'
import { createLog } from './log.ts'

/** A log at `level` and its lines, parsed. */
function recorded(level: Parameters<typeof createLog>[0] = 'debug') {
  const raw: string[] = []
  const log = createLog(level, { stream: { write: (line) => void raw.push(line) } })
  const lines = () => raw.map((line) => JSON.parse(line) as Record<string, unknown>)
  return { log, raw, lines }
}

/** A process that writes so many lines at once when it is told to. */
async function startLogging(count: number) {
  const source = `
    import { createLog } from ${JSON.stringify(new URL('log.ts', import.meta.url).href)}
    const log = createLog('info')
    process.on('message', () => {
      for (let i = 0; i < ${count}; i++) log.info('${'nobody reads this '.repeat(3)}')
      process.send('alive', () => process.disconnect())
    })
    process.send('ready')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  await once(child, 'message')
  return { child, exited }
}

describe('createLog', () => {
  it('writes one JSON object a line, with level, time and event first', () => {
    const { log, raw } = recorded()
    log.info('listening', { port: 9_090 })
    expect(raw).toHaveLength(1)
    expect(raw[0]).toMatch(
      /^\{"level":"info","time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","event":"listening","port":9090\}\n$/,
    )
  })

  it('leaves out what is below its level', () => {
    const { log, lines } = recorded('warn')
    for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level]('x')
    expect(lines().map(({ level }) => level)).toEqual(['warn', 'error'])
  })

  it('cuts texts from outside at 1 KiB and escapes control characters', () => {
    const { log, raw, lines } = recorded()
    log.warn('x', { name: 'n'.repeat(5_000), list: ['\u0000\n\u001b[31m', { deep: 'd'.repeat(5_000) }] })
    expect(String(lines()[0]?.name)).toHaveLength(1_025)
    expect(JSON.stringify(lines()[0])).not.toMatch(/d{1025}/)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(raw[0]?.slice(0, -1)).not.toMatch(/[\u0000-\u001f]/)
  })

  it('bounds what is deep, long, or refers to itself', () => {
    const { log, lines } = recorded()
    const loop: Record<string, unknown> = { id: 12n }
    loop.self = loop
    log.info('x', { loop, long: Array.from({ length: 500 }, (_, i) => i) })
    expect(lines()[0]).toMatchObject({ loop: { id: '12' } })
    expect(lines()[0]?.long).toHaveLength(100)
  })

  it('logs an error with its stack, code and causes', () => {
    const { log, lines } = recorded()
    const disk = Object.assign(new Error('disk full'), { code: 'ENOSPC' })
    log.error('append_failed', { error: new Error('nothing stored', { cause: disk }) })
    expect(lines()[0]?.error).toMatchObject({
      name: 'Error',
      message: 'nothing stored',
      stack: expect.stringMatching(/^Error: nothing stored\n +at /),
      cause: { message: 'disk full', code: 'ENOSPC', stack: expect.stringContaining('at ') },
    })
  })

  it('ends the chain of causes of an error that is its own cause', () => {
    const { log, lines } = recorded()
    const error = new Error('round')
    error.cause = error
    log.error('x', { error })
    expect(JSON.stringify(lines()[0]).match(/"round"/g)).toHaveLength(6)
  })

  it('never shows a secret', () => {
    const { log, raw } = recorded()
    log.info('x', { password: toSecret('hunter2'), deep: { list: [toSecret('hunter2')] } })
    expect(raw[0]).toContain('"password":"***"')
    expect(raw[0]).not.toContain('hunter2')
  })

  it('F58 outlives the reader of standard output', async () => {
    const { child, exited } = await startLogging(100)
    child.stdout?.destroy()
    child.send('go')
    expect(await once(child, 'message')).toEqual(['alive', undefined])
    expect(await exited).toEqual([0, null])
  })

  it('waits for no reader of standard output, and tells it how many lines it has lost', async () => {
    const { child, exited } = await startLogging(20_000)
    child.send('go')
    expect(await once(child, 'message')).toEqual(['alive', undefined]) // nothing was read so far
    const lines: string[] = []
    if (child.stdout) for await (const line of createInterface({ input: child.stdout })) lines.push(line)
    expect(await exited).toEqual([0, null])
    const told = JSON.parse(lines.pop() ?? '')
    expect(told).toMatchObject({ level: 'warn', event: 'log_lines_lost' })
    expect(lines.length + told.lines).toBe(20_000)
    expect(lines.join('\n').length).toBeGreaterThan(1_048_576)
  })
})

it('names the process that writes, where it is told', () => {
  const raw: string[] = []
  createLog('info', { process: 'api', stream: { write: (line) => void raw.push(line) } }).info('began')
  expect(JSON.parse(raw[0] ?? '')).toMatchObject({ level: 'info', process: 'api', event: 'began' })
})
