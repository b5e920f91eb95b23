import { join } from 'node:path'
import { expect } from 'vitest'
import { eventually } from '../eventually.ts'
import { type Console, NEW_PASSWORD, startConsole } from './console.ts'

export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

export interface Call {
  readonly token?: string
  readonly body?: unknown
}

/** GET, or POST of a body; parses JSON. */
export async function call(
  { url }: Pick<Console, 'url'>,
  path: string,
  { token, body }: Call = {},
): Promise<Answer> {
  const answer = await fetch(url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  })
  return { status: answer.status, body: (await answer.json()) as Answer['body'] }
}

export const logIn = (at: Console, password: string, username = 'admin') =>
  call(at, '/api/auth/login', { body: { username, password } })

export const changePassword = (at: Console, from: string, to: string) =>
  call(at, '/api/auth/change-password', {
    body: { username: 'admin', old_password: from, new_password: to },
  })

export async function tokenOf(at: Console): Promise<string> {
  const { status, body } = await logIn(at, NEW_PASSWORD)
  expect(status).toBe(200)
  return String(body.session_token)
}

/** An API whose first password is in the file `first-password` of `folder`; without endpoints, it has no etcd. */
export const startApi = (
  folder: string,
  env: Readonly<Record<string, string>>,
  endpoints: readonly string[] = ['http://127.0.0.1:1'],
) =>
  startConsole({
    endpoints,
    command: 'api',
    env: {
      ETCDMONITOR_AUTH_LOGIN_RATE_PER_MINUTE: '0',
      ETCDMONITOR_AUTH_INITIAL_ADMIN_PASSWORD_FILE: join(folder, 'first-password'),
      ...env,
    },
  })

export const untilReady = (api: Console) =>
  eventually('ready', async () => (await call(api, '/readyz')).status === 200)
