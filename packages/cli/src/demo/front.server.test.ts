import { existsSync } from 'node:fs'
import { needServer } from '@etcdmonitor/rig/need-server'
import { listProcesses } from '@etcdmonitor/rig/process-list'
import { type Program, startProgram } from '@etcdmonitor/rig/processes'
import { expect, it } from 'vitest'
import type { DemoAddress } from './keeper-messages.ts'

const MAIN = new URL('../main.ts', import.meta.url).pathname
const PATIENCE = { timeout: 120_000, interval: 50 }

interface Demo extends AsyncDisposable {
  readonly front: Program
  readonly address: DemoAddress
  /** Pid of the keeper, and of its process group. */
  readonly keeper: number
}

async function startDemo(...options: string[]): Promise<Demo> {
  const front = await startProgram({ args: [MAIN, 'demo', '--json', ...options] })
  const line = await front.waitForLine(({ json }) => json?.url !== undefined)
  const keeper = listProcesses().find(({ parent }) => parent === front.pid)?.pid ?? 0
  const kill = () => front[Symbol.asyncDispose]()
  return { front, keeper, address: JSON.parse(line.text), [Symbol.asyncDispose]: kill }
}

const inGroup = (group: number, word = '') =>
  listProcesses().filter((one) => one.group === group && one.command.includes(word))

async function expectNothingLeft({ front, keeper, address }: Demo): Promise<void> {
  const left = () => ({
    front: listProcesses().filter(({ pid }) => pid === front.pid),
    group: inGroup(keeper),
    hasFolder: existsSync(address.data),
  })
  await expect.poll(left, PATIENCE).toEqual({ front: [], group: [], hasFolder: false })
}

needServer('etcd', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'F58 leaves no process and no folder after %s',
    async (signal) => {
      await using demo = await startDemo()
      expect(inGroup(demo.keeper)).toHaveLength(6)
      process.kill(demo.front.pid, signal)
      expect(await demo.front.exited).toEqual({ code: 0, signal: null })
      await expectNothingLeft(demo)
    },
  )

  it('F58 leaves no process and no folder after kill -9 of the front', async () => {
    await using demo = await startDemo()
    await demo.front.kill()
    await expectNothingLeft(demo)
  })

  it('F58 leaves no process and no folder after kill -9 of the keeper', async () => {
    await using demo = await startDemo()
    process.kill(demo.keeper, 'SIGKILL')
    expect(await demo.front.exited).toEqual({ code: 1, signal: null })
    await expectNothingLeft(demo)
  })

  it('F58 leaves no process and no folder after a second signal, while the collector hangs', async () => {
    await using demo = await startDemo()
    const [collector] = inGroup(demo.keeper, 'collector/src/main.ts')
    process.kill(collector!.pid, 'SIGSTOP')
    process.kill(demo.front.pid, 'SIGINT') // another one: two of a kind can become one
    process.kill(demo.front.pid, 'SIGTERM')
    expect(await demo.front.exited).toEqual({ code: 1, signal: null })
    await expectNothingLeft(demo)
  })

  it('prints one line of JSON, with what works', async () => {
    await using demo = await startDemo()
    const { url, username, password, etcd } = demo.address
    expect(Object.keys(demo.address)).toEqual(['url', 'username', 'password', 'etcd', 'data'])
    expect(etcd).toHaveLength(3)
    const answer = await fetch(`${url}/api/auth/login`, {
      method: 'POST',
      redirect: 'error',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username, password }),
      signal: AbortSignal.timeout(60_000),
    })
    expect(await answer.json()).toMatchObject({ must_change_password: true })
    const readings = demo.front
      .logs()
      .split('\n')
      .filter((line) => line.includes('"password"'))
    expect(readings).toHaveLength(1)
  })

  it.each(['api/src/node.ts', 'collector/src/main.ts'])('starts %s again after kill -9', async (entry) => {
    await using demo = await startDemo()
    const [first] = inGroup(demo.keeper, entry)
    process.kill(first!.pid, 'SIGKILL')
    await demo.front.waitForLine(({ json }) => json?.event === 'process_ended' && json.pid === first?.pid)
    await expect
      .poll(() => inGroup(demo.keeper, entry).filter(({ pid }) => pid !== first?.pid), PATIENCE)
      .toHaveLength(1)
  })

  it('tells in one line that a member died, and goes on', async () => {
    await using demo = await startDemo()
    const [member] = inGroup(demo.keeper, '--name=etcd-1')
    process.kill(member!.pid, 'SIGKILL')
    await demo.front.waitForLine(
      ({ json }) => json?.event === 'etcd_member_ended' && json.member === 'etcd-1',
    )
    expect(inGroup(demo.keeper)).toHaveLength(5)
  })

  it('refuses a port that is taken, and takes another one unless a port was asked for', async () => {
    await using demo = await startDemo()
    const port = new URL(demo.address.url).port
    await using refused = await startProgram({ args: [MAIN, 'demo', '--port', port] })
    expect(await refused.exited).toEqual({ code: 1, signal: null })
    expect(refused.logs()).toBe(`etcdmonitor: port ${port} of 127.0.0.1 is taken`)
  })
})

needServer('etcd', () => {
  needServer('influxd', () => {
    it('F58 keeps history in an InfluxDB of its own, and leaves nothing of it', async () => {
      await using demo = await startDemo('--influxdb')
      expect(inGroup(demo.keeper, 'influxd')).toHaveLength(1)
      const get = await signIn(demo.address)
      const names = async () => Object.keys(Object((await get('/api/range?metrics=collector_up')).metrics))
      await expect.poll(names, PATIENCE).toEqual(['collector_up'])
      expect((await get('/api/debug')).stores).toMatchObject({
        metrics: { driver: 'influxdb', status: 'ok' },
      })
      process.kill(demo.front.pid, 'SIGTERM')
      expect(await demo.front.exited).toEqual({ code: 0, signal: null })
      await expectNothingLeft(demo)
    })
  })
})

type Body = Readonly<Record<string, unknown>>

/** Gives a function that asks with a session. */
async function signIn({ url, username, password }: DemoAddress): Promise<(path: string) => Promise<Body>> {
  const call = async (path: string, init: RequestInit): Promise<Body> => {
    const signal = AbortSignal.timeout(60_000)
    const answer = await fetch(url + path, { ...init, redirect: 'error', signal })
    return (await answer.json()) as Body
  }
  const post = (path: string, body: Body) =>
    call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const next = 'a password only for tests'
  await post('/api/auth/change-password', { username, old_password: password, new_password: next })
  const { session_token: token } = await post('/api/auth/login', { username, password: next })
  return (path) => call(path, { headers: { authorization: `Bearer ${String(token)}` } })
}
