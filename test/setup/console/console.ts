import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Program, startProgram } from '@etcdmonitor/rig/processes'

export const NEW_PASSWORD = 'a password only for tests'

export interface Console extends AsyncDisposable {
  readonly url: string
  readonly folder: string
  readonly program: Program
  /** Of the file that the first start writes. */
  firstPassword(): string
  /** GET with the session of `signIn`; parses JSON. */
  get(path: string): Promise<{ readonly status: number; readonly body: Record<string, unknown> }>
  post(
    path: string,
    body: unknown,
  ): Promise<{ readonly status: number; readonly body: Record<string, unknown> }>
  /** Changes the first password unless that was done, and signs in. */
  signIn(): Promise<void>
}

export interface ConsoleOptions {
  readonly endpoints: readonly string[]
  /** Configuration by environment variable, over what tests need: one second between scrapes, a free port, debug lines. */
  readonly env?: Readonly<Record<string, string>>
  readonly command?: 'start' | 'api'
}

/** The product as a user starts it, on a free port and a data folder of its own, removed in the end. Ready when it listens. */
export async function startConsole({
  endpoints,
  env = {},
  command = 'start',
}: ConsoleOptions): Promise<Console> {
  const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-console-'))
  const program = await startProgram({
    args: ['packages/cli/src/main.ts', command],
    env: {
      ETCDMONITOR_ETCD_ENDPOINT: endpoints.join(','),
      ETCDMONITOR_SERVER_LISTEN: '127.0.0.1:0',
      ETCDMONITOR_COLLECTOR_INTERVAL: '1',
      ETCDMONITOR_COLLECTOR_DISCOVERY_INTERVAL: '5',
      ETCDMONITOR_STORAGE_DATA_DIR: folder,
      ETCDMONITOR_LOG_LEVEL: 'debug',
      ...env,
    },
  })
  const { json } = await program.waitForLine((line) => line.json?.event === 'api_listening')
  const url = `http://127.0.0.1:${json?.port}`
  let token = ''

  const call = async (path: string, init: RequestInit) => {
    const headers = { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) }
    const answer = await fetch(url + path, {
      ...init,
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(60_000),
    })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
  const post = (path: string, body: unknown) => call(path, { method: 'POST', body: JSON.stringify(body) })
  const passwordFile = join(folder, 'initial-admin-password')
  const firstPassword = () => readFileSync(passwordFile, 'utf8').trimEnd()
  const signIn = async (): Promise<void> => {
    if (existsSync(passwordFile)) {
      const change = { username: 'admin', old_password: firstPassword(), new_password: NEW_PASSWORD }
      await post('/api/auth/change-password', change)
    }
    const { body } = await post('/api/auth/login', { username: 'admin', password: NEW_PASSWORD })
    token = String(body.session_token)
  }

  return {
    url,
    folder,
    program,
    firstPassword,
    get: (path) => call(path, {}),
    post,
    signIn,
    async [Symbol.asyncDispose]() {
      await program.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
