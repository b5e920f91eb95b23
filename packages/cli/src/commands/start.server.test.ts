import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChild } from '@etcdmonitor/rig/child'
import { makeBucket } from '@etcdmonitor/rig/influxdb'
import { needServer } from '@etcdmonitor/rig/need-server'
import { type ListedProcess, listProcesses } from '@etcdmonitor/rig/process-list'
import { type Program, startProgram } from '@etcdmonitor/rig/processes'
import { sharedInfluxdb } from '@etcdmonitor/rig/shared-influxdb'
import { afterEach, beforeEach, expect, it } from 'vitest'

const MAIN = new URL('../main.ts', import.meta.url).pathname
const PATIENCE = { timeout: 120_000, interval: 50 }
const API = 'api/src/node.ts'
const COLLECTOR = 'collector/src/main.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-start-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** No etcd listens on port 1: the product runs without. */
const settings = () => ({
  ETCDMONITOR_ETCD_ENDPOINT: 'http://127.0.0.1:1',
  ETCDMONITOR_SERVER_LISTEN: '127.0.0.1:0',
  ETCDMONITOR_STORAGE_DATA_DIR: join(folder, 'data'),
})

const run = (...args: string[]) => startProgram({ args: [MAIN, ...args], cwd: folder, env: settings() })

async function startReady(): Promise<Program> {
  const program = await run('start')
  await program.waitForLine(({ text }) => text.startsWith('etcdmonitor listens on http://127.0.0.1:'))
  return program
}

const childrenOf = ({ pid }: Program, word = '') =>
  listProcesses().filter(({ parent, command }) => parent === pid && command.includes(word))

const descendantsOf = (ancestor: number): readonly ListedProcess[] =>
  listProcesses()
    .filter(({ parent }) => parent === ancestor)
    .flatMap((child) => [child, ...descendantsOf(child.pid)])

const isEntry = ({ command }: ListedProcess) => command.includes(API) || command.includes(COLLECTOR)

const left = (pids: readonly number[]) => listProcesses().filter(({ pid }) => pids.includes(pid))

it('runs collector and API, says where, and where the first password is', async () => {
  await using program = await startReady()
  await program.waitForLine(
    ({ text }) => text === `the first password of admin is in ${folder}/data/initial-admin-password`,
  )
  expect(childrenOf(program)).toHaveLength(2)
  // keys of etcd may be named like parts of objects
  expect(childrenOf(program, ' --disable-proto=throw ')).toHaveLength(2)
})

it('does not say that it listens where another collector has the data folder', async () => {
  await using first = await startReady()
  expect(childrenOf(first)).toHaveLength(2)
  await using second = await run('start')
  expect(await second.exited).toEqual({ code: 78, signal: null })
  expect(second.logs()).toMatch(/another collector/)
  expect(second.logs()).not.toMatch(/etcdmonitor listens/)
})

it('ends both on SIGTERM, with 0', async () => {
  await using program = await startReady()
  const pids = childrenOf(program).map(({ pid }) => pid)
  expect(await program.stop()).toEqual({ code: 0, signal: null })
  expect(left(pids)).toEqual([])
})

it('F58 ends both when it is killed', async () => {
  await using program = await startReady()
  const pids = childrenOf(program).map(({ pid }) => pid)
  await program.kill()
  await expect.poll(() => left(pids), PATIENCE).toEqual([])
})

it('F58 ends both when the npx above it is killed', async () => {
  const npx = join(folder, 'npx')
  symlinkSync('/bin/sh', npx) // the kernel names a process for its file
  const script = `sh -c '"${process.execPath}" "${MAIN}" start; true'; true`
  const env = { PATH: process.env.PATH, ...settings() }
  await using program = await startChild({ command: npx, args: ['-c', script], env, cwd: folder })
  await expect.poll(() => descendantsOf(program.pid).filter(isEntry), PATIENCE).toHaveLength(2)
  const pids = descendantsOf(program.pid).map(({ pid }) => pid)
  await program.kill()
  await expect.poll(() => left(pids), PATIENCE).toEqual([])
})

it('kills a child that hangs on the second signal, and ends with 1', async () => {
  await using program = await startReady()
  const pids = childrenOf(program).map(({ pid }) => pid)
  process.kill(childrenOf(program, API)[0]!.pid, 'SIGSTOP')
  process.kill(program.pid, 'SIGTERM')
  await expect.poll(() => childrenOf(program, COLLECTOR), PATIENCE).toEqual([])
  process.kill(program.pid, 'SIGTERM')
  expect(await program.exited).toEqual({ code: 1, signal: null })
  expect(left(pids)).toEqual([])
})

it.each([API, COLLECTOR])('starts %s again after kill -9', async (entry) => {
  await using program = await startReady()
  const [first] = childrenOf(program, entry)
  process.kill(first!.pid, 'SIGKILL')
  await program.waitForLine(({ json }) => json?.event === 'process_ended' && json.pid === first?.pid)
  await expect.poll(() => childrenOf(program, entry), PATIENCE).toHaveLength(1)
  expect(childrenOf(program, entry)[0]?.pid).not.toBe(first?.pid)
})

it('ends with 78 when a child refuses to start, and ends the other', async () => {
  const secret = join(folder, 'secret')
  writeFileSync(secret, '')
  chmodSync(secret, 0o600)
  writeFileSync(join(folder, 'config.yaml'), `auth: {secret_file: ${secret}}`)
  await using program = await run('start')
  expect(await program.exited).toEqual({ code: 78, signal: null })
  expect(program.logs()).toContain(secret)
  expect(listProcesses().filter(({ command }) => command.includes(folder))).toEqual([])
})

it('F28 ends with 78 and all problems, without starting anything', async () => {
  writeFileSync(join(folder, 'config.yaml'), 'log: {level: x}\ncollector: {timeout: -1}')
  for (const command of ['start', 'api', 'collector', 'check-config']) {
    await using program = await run(command)
    expect(await program.exited).toEqual({ code: 78, signal: null })
    expect(program.logs().split('\n')).toEqual([
      expect.stringMatching(/^collector\.timeout: is less than allowed/),
      expect.stringMatching(/^log\.level: is none of them/),
    ])
  }
})

it('F28 check-config judges the files that a start would read', async () => {
  const secret = join(folder, 'secret')
  writeFileSync(secret, 'c2hvcnQ\n', { mode: 0o600 })
  const password = join(folder, 'password')
  writeFileSync(password, 'short')
  const auth = `auth: {secret_file: ${secret}, initial_admin_password_file: ${password}}`
  writeFileSync(join(folder, 'config.yaml'), auth)
  await using program = await run('check-config')
  expect(await program.exited).toEqual({ code: 78, signal: null })
  expect(program.logs().split('\n')).toEqual([
    `${secret}: line 1 is a key of 5 bytes; wanted at least 32`,
    `auth.initial_admin_password_file: holds fewer than 12 characters; wanted a file with the first password; got "${password}"`,
  ])
})

it('checks a configuration that is right, and shows what it warns of', async () => {
  writeFileSync(join(folder, 'config.yaml'), 'log: {dir: /var/log}')
  await using program = await run('check-config')
  expect(await program.exited).toEqual({ code: 0, signal: null })
  expect(program.logs().split('\n').toSorted()).toEqual([
    'the configuration is valid',
    'warning: log.dir: has no meaning here; logs go to standard output',
  ])
  expect(readdirSync(folder)).toEqual(['config.yaml'])
})

needServer('influxd', () => {
  it('check-config --connect asks the servers, and says which one does not answer', async () => {
    const server = sharedInfluxdb()
    const bucket = await makeBucket(server, { retentionSeconds: 8 * 86_400 })
    const token = join(folder, 'token')
    writeFileSync(token, bucket.readToken)
    const check = async (name: string) => {
      const metrics = {
        driver: 'influxdb',
        url: server.url,
        org: server.org,
        bucket: name,
        token_file: token,
      }
      const state = { driver: 'postgres', url_file: join(folder, 'url') }
      writeFileSync(join(folder, 'url'), 'postgres://u:hunter2@127.0.0.1:1/db')
      const auth = { secret_file: join(folder, 'key') }
      writeFileSync(auth.secret_file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
      writeFileSync(join(folder, 'config.yaml'), JSON.stringify({ storage: { metrics, state }, auth }))
      await using program = await run('check-config', '--connect')
      const { code } = await program.exited
      return [code, ...program.logs().split('\n')]
    }
    const other = ['the configuration is valid', expect.stringMatching(/^http:\/\/127\.0\.0\.1:1: tcp: /)]
    const state = expect.stringMatching(/^storage\.state: /)
    const place = (name: string) => `${server.url}, bucket ${name}`
    expect(await check(bucket.name)).toEqual([
      1,
      ...other,
      `${place(bucket.name)}: keeps samples for 8 days`,
      state,
    ])
    expect(await check('none')).toEqual([
      ...[1, ...other],
      ...[`${place('none')}: does not exist, or the token may not see it`, state],
    ])
  })
})
