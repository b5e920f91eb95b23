import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

const ENTRY = fileURLToPath(new URL('./node.ts', import.meta.url))
export const NEW_PASSWORD = 'correct horse'
export const LOGIN = '/api/auth/login'

export interface ApiProcess {
  readonly child: ChildProcess
  readonly port: number
  readonly lines: string[]
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>
}

/** The folder that processes of the API have together: their configuration and their data. */
export function makeApiFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-node-'))
  const path = (name: string) => join(folder, name)

  /** etcd is not there: nothing here needs it, and the API must not mind. */
  function writeConfig(listen = '127.0.0.1:0', more = ''): void {
    const text = `{ server: { listen: "${listen}" }, storage: { data_dir: "${path('data')}" }, etcd: { endpoint: "http://127.0.0.1:1" }, auth: { login_rate_per_minute: 0 } ${more} }`
    writeFileSync(path('config.yaml'), text)
  }

  function spawnApi() {
    const child = spawn(process.execPath, ['--disable-proto=throw', ENTRY, '--config', path('config.yaml')], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    const lines: string[] = []
    for (const input of [child.stdout, child.stderr])
      if (input) createInterface({ input }).on('line', (line) => lines.push(line))
    const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }))
    return { child, lines, exited }
  }

  /** Ready to answer. */
  async function startApi(): Promise<ApiProcess> {
    const api = spawnApi()
    const failed = api.exited.then(({ code }) => {
      throw new Error(`ended with ${code}: ${api.lines.join('\n')}`)
    })
    const [message] = await Promise.race([once(api.child, 'message'), failed])
    return { ...api, port: message.port }
  }

  const firstPassword = () => readFileSync(path('data/initial-admin-password'), 'utf8').trimEnd()

  /** Changes the first password; gives a token. */
  async function signIn(api: ApiProcess): Promise<string> {
    const change = { username: 'admin', old_password: firstPassword(), new_password: NEW_PASSWORD }
    expect((await post(api, '/api/auth/change-password', change)).status).toBe(200)
    const answer = await post(api, LOGIN, { username: 'admin', password: NEW_PASSWORD })
    return ((await answer.json()) as { readonly session_token: string }).session_token
  }

  writeConfig()
  const remove = () => rmSync(folder, { recursive: true, force: true })
  return { path, writeConfig, spawnApi, startApi, firstPassword, signIn, remove }
}
export type ApiFolder = ReturnType<typeof makeApiFolder>

export const end = async ({ child, exited }: Pick<ApiProcess, 'child' | 'exited'>) => {
  child.kill('SIGKILL')
  await exited
}

const urlOf = ({ port }: ApiProcess, path: string) => `http://127.0.0.1:${port}${path}`
export const ask = (api: ApiProcess, path: string, init: RequestInit = {}) =>
  fetch(urlOf(api, path), { signal: AbortSignal.timeout(60_000), redirect: 'error', ...init })
export const post = (api: ApiProcess, path: string, body: unknown) =>
  ask(api, path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })

/** What comes back for these bytes until the server closes. */
export async function raw({ port }: ApiProcess, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(request)
  return readAll(socket)
}

export async function readAll(socket: Socket): Promise<string> {
  let text = ''
  socket.setEncoding('latin1')
  socket.on('data', (piece) => (text += piece))
  socket.on('error', () => undefined) // a reset is an end, too
  await once(socket, 'close')
  return text
}

export const head = (target: string, ...headers: string[]) =>
  `${[`GET ${target} HTTP/1.1`, 'Host: console', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`

export const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])
export const codeOf = (answer: string) => /"code":"(\w+)"/.exec(answer)?.[1]
