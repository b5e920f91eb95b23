import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type ApiFolder, ask, codeOf, end, LOGIN, makeApiFolder, post, readAll } from './node-rig.contract.ts'

describe('a start and a stop', () => {
  let folder: ApiFolder
  beforeEach(() => {
    folder = makeApiFolder()
  })
  afterEach(() => folder.remove())
  const running = async () => {
    const api = await folder.startApi()
    onTestFinished(() => end(api))
    return api
  }
  const refused = async () => {
    const api = folder.spawnApi()
    onTestFinished(() => end(api))
    return { ...(await api.exited), text: api.lines.join('\n') }
  }

  it('C10 C33 makes the secret, the account and its password, for the owner alone, and tells the path alone', async () => {
    const api = await running()
    for (const name of ['secret', 'initial-admin-password', 'initialized', 'state.db'])
      expect([name, statSync(folder.path(`data/${name}`)).mode & 0o777]).toEqual([name, 0o600])
    expect(statSync(folder.path('data')).mode & 0o777).toBe(0o700)
    const log = api.lines.join('\n')
    expect(log).toContain(folder.path('data/initial-admin-password'))
    expect(log).not.toContain(folder.firstPassword())
    await folder.signIn(api)
    expect(() => folder.firstPassword()).toThrow(/ENOENT/)
  })

  it.each(['secret', 'state.db', 'state.db-wal', 'initial-admin-password', 'initialized'])(
    'C10 leads to one admin and one password when it is killed as %s appears, and started again',
    async (name) => {
      const { child, exited } = folder.spawnApi()
      while (!existsSync(folder.path(`data/${name}`))) await new Promise((resolve) => setImmediate(resolve))
      child.kill('SIGKILL')
      await exited
      await folder.signIn(await running())
    },
  )

  it('C10 leads to one admin and one password when three start at once', async () => {
    const apis = await Promise.all([running(), running(), running()])
    const [first] = apis
    if (!first) throw new Error('none started')
    const token = await folder.signIn(first)
    for (const api of apis) {
      const answer = await ask(api, '/api/status', { headers: { authorization: `Bearer ${token}` } })
      expect(answer.status).toBe(200)
    }
  })

  it('keeps sessions over a restart', async () => {
    const before = await running()
    const token = await folder.signIn(before)
    before.child.kill('SIGTERM')
    await before.exited
    const answer = await ask(await running(), '/api/status', {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(answer.status).toBe(200)
  })

  it('C11 changes nothing once state.db is deleted under it, and tells which file is to be restored', async () => {
    const api = await running()
    rmSync(folder.path('data/state.db'))
    const attempt = await post(api, LOGIN, { username: 'admin', password: folder.firstPassword() })
    expect([attempt.status, await attempt.json()]).toMatchObject([503, { code: 'auth_store_unavailable' }])
    const ready = await ask(api, '/readyz')
    expect([ready.status, await ready.json()]).toMatchObject([200, { checks: { state_store: 'degraded' } }])
    await expect
      .poll(() => api.lines.join('\n'), { timeout: 60_000 })
      .toContain(`${folder.path('data/state.db')}: does not exist any more`)
  })

  it('C11 does not start with a state that lost its accounts, or is damaged', async () => {
    await end(await running())
    rmSync(folder.path('data/state.db'))
    rmSync(folder.path('data/state.db-wal'), { force: true })
    expect(await refused()).toMatchObject({
      code: 78,
      text: expect.stringMatching(/restore state\.db, or delete/),
    })
    expect(existsSync(folder.path('data/state.db'))).toBe(false)
    writeFileSync(folder.path('data/state.db'), '')
    expect(await refused()).toMatchObject({ code: 78, text: expect.stringMatching(/restore state\.db/) })
    expect(readFileSync(folder.path('data/state.db'))).toHaveLength(0)
    writeFileSync(folder.path('data/state.db'), 'x'.repeat(8_192))
    expect(await refused()).toMatchObject({ code: 78, text: expect.stringMatching(/state\.db: is damaged/) })
  })

  it('F28 does not start with a wrong configuration, and names all that is wrong', async () => {
    folder.writeConfig('nowhere', ', log: { level: loud }')
    const { code, text } = await refused()
    expect(code).toBe(78)
    expect(text.split('\n')).toHaveLength(2)
    expect(text).toMatch(/^server\.listen: .*\nlog\.level: /)
  })

  it('does not start on a port that is taken', async () => {
    await using other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' ? address?.port : 0
    folder.writeConfig(`127.0.0.1:${port}`)
    expect(await refused()).toMatchObject({
      code: 78,
      text: expect.stringMatching(/server\.listen: is in use by another process/),
    })
  })

  it('F26 H5 ends what has begun, refuses what comes then, and stops with 0', async () => {
    const api = await running()
    const body = '{"username":"admin","password":"x"}'
    const socket = connect(api.port, '127.0.0.1')
    const reading = readAll(socket)
    socket.write(
      `POST ${LOGIN} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, -1)}`,
    )
    await ask(api, '/healthz') // the other request has been read by now
    api.child.kill('SIGTERM')
    await untilRefused(api.port)
    socket.write(
      `${body.slice(-1)}GET /readyz HTTP/1.1\r\nHost: x\r\n\r\nGET /api/auth/status HTTP/1.1\r\nHost: x\r\n\r\n`,
    )
    const answer = await reading
    expect([...answer.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual([
      '401',
      '503',
      '503',
    ])
    expect(answer).toContain('"process":"draining"')
    expect(codeOf(answer.slice(answer.indexOf('draining')))).toBe('shutting_down')
    expect(await api.exited).toEqual({ code: 0, signal: null })
  })

  it('F58 stops when its parent has gone', async () => {
    const api = await running()
    api.child.disconnect()
    expect(await api.exited).toEqual({ code: 0, signal: null })
  })
})

/** Until no connection is accepted any more. */
async function untilRefused(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const [event] = await Promise.race([
      once(socket, 'connect').then(() => ['open']),
      once(socket, 'close').then(() => ['refused']),
    ]).catch(() => ['refused'])
    socket.destroy()
    if (event === 'refused') return
  }
}
