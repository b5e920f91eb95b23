// proves: C8
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Console, NEW_PASSWORD, startConsole } from '../setup/console/console.ts'
import { eventually, lastInVain } from '../setup/eventually.ts'

const EVERY = 5 // ms: 200 requests a second

let api: Console
let secret: string
beforeAll(async () => {
  api = await startConsole({ endpoints: ['http://127.0.0.1:1'], command: 'api' })
  secret = join(api.folder, 'secret')
  await api.signIn()
})
afterAll(() => api[Symbol.asyncDispose]())

const drawKey = () => randomBytes(32).toString('base64url')
const keysNow = () =>
  readFileSync(secret, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))

async function tokenOf(): Promise<string> {
  const { body } = await api.post('/api/auth/login', { username: 'admin', password: NEW_PASSWORD })
  return String(body.session_token)
}

async function statusWith(token: string): Promise<number> {
  const answer = await fetch(`${api.url}/api/auth/status`, {
    headers: { Authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(60_000),
    redirect: 'error',
  })
  const { authenticated } = (await answer.json()) as { readonly authenticated: boolean }
  return answer.status === 200 && !authenticated ? 401 : answer.status
}

const kidOf = (token: string): string =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid

it('logs nobody out while a new key takes over, under 200 requests a second', async () => {
  const before = await tokenOf()
  const [old = ''] = keysNow()
  const answers: Promise<number>[] = []
  const rotated = (async () => {
    writeFileSync(secret, `${drawKey()}\n${old}\n`)
    return eventually('signed with the new key', async () => {
      const token = await tokenOf()
      return kidOf(token) !== kidOf(before) && token
    })
  })()
  let isOver = false
  void rotated.finally(() => {
    isOver = true
  })
  while (!isOver) {
    answers.push(statusWith(before))
    await sleep(EVERY)
  }
  const after = await rotated
  expect(new Set(await Promise.all(answers))).toEqual(new Set([200]))
  expect([await statusWith(before), await statusWith(after)]).toEqual([200, 200])
})

it('T20 refuses what a key signed within 5 s after it was replaced', async () => {
  const token = await tokenOf()
  const kept = keysNow().slice(1)
  writeFileSync(secret, `${[drawKey(), ...kept].join('\n')}\n`)
  expect(await lastInVain('refused', async () => (await statusWith(token)) === 401)).toBeLessThan(5_000)
})

it('goes on with the key it has when the only one is removed, and is not ready until there is one', async () => {
  const token = await tokenOf()
  const kept = readFileSync(secret)
  writeFileSync(secret, '# nothing\n')
  await eventually('not ready', async () => (await api.get('/readyz')).status === 503)
  expect((await api.get('/readyz')).body.checks).toMatchObject({ state_store: 'ok', secret_file: 'no_key' })
  expect(await statusWith(token)).toBe(200)
  writeFileSync(secret, kept)
  await eventually('ready', async () => (await api.get('/readyz')).status === 200)
  expect(await statusWith(token)).toBe(200)
})
