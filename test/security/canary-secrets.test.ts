// proves: C10 C25
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { needServer } from '@etcdmonitor/rig/need-server'
import { startPostgres } from '@etcdmonitor/rig/postgres'
import { listProcesses } from '@etcdmonitor/rig/process-list'
import { expect, it } from 'vitest'
import { runCommand } from '../setup/console/command.ts'
import { type Console, startConsole } from '../setup/console/console.ts'
import { eventually } from '../setup/eventually.ts'

const SECRETS = {
  etcdPassword: 'canary etcd "9f3k%&/',
  influxToken: 'canary-influx-token-7d2m==',
  firstPassword: 'canary first password 4x8q',
  newPassword: 'canary new pässword 1z6w',
  guess: 'canary wrong guess 5t0v',
  signingKey: Buffer.from('canary signing key 3h7n canary signing key').toString('base64url'),
  value: 'canary value of a key 8r2c',
}

/** The forms in which a secret might come out. */
const formsOf = (secret: string): readonly string[] => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString('base64'),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
  Buffer.from(`monitor:${secret}`).toString('base64'),
]

/** Which of the secrets a text holds. */
const found = (text: string, secrets: Readonly<Record<string, string>>): readonly string[] =>
  Object.keys(secrets).filter((name) => formsOf(secrets[name] ?? '').some((form) => text.includes(form)))

/** A time-series store that refuses everything, and says with which header. */
async function startEcho() {
  const asked: string[] = []
  const server = createServer(({ headers, url }, answer) => {
    asked.push(String(headers.authorization))
    answer.writeHead(401, { 'content-type': 'application/json' })
    answer.end(JSON.stringify({ code: 'unauthorized', message: `${headers.authorization} may not ${url}` }))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    asked,
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Sends requests, and keeps all that is answered. */
function createCaller({ url }: Console) {
  const answers: string[] = []
  const send = async (path: string, init: RequestInit = {}) => {
    const signal = AbortSignal.timeout(60_000)
    const answer = await fetch(url + path, { ...init, redirect: 'error', signal })
    const text = await answer.text()
    const whole = `${path.split('?')[0]} ${answer.status} ${JSON.stringify([...answer.headers])} ${text}`
    return { status: answer.status, text, whole }
  }
  return {
    answers,
    async ask(path: string, init?: RequestInit) {
      const { whole, ...answer } = await send(path, init)
      answers.push(whole)
      return answer
    },
    /** Its token; this answer alone may hold it. */
    async signIn(password: string): Promise<string> {
      const { text } = await send('/api/auth/login', toJson({ username: 'admin', password }))
      return String(JSON.parse(text).session_token)
    },
  }
}

const toJson = (body: unknown, token?: string): RequestInit => ({
  method: 'POST',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
})

/** What stands in the files of a folder, and of those in it. */
const filesOf = (folder: string): string =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n')

needServer('etcd', () => {
  needServer('postgres', () => {
    it('shows no secret in a log, an answer, a file or the list of processes', {
      timeout: 240_000,
    }, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-canary-'))
      const file = (name: string, content: string) => {
        writeFileSync(join(folder, name), `${content}\n`, { mode: 0o600 })
        return join(folder, name)
      }
      const auth = { username: 'monitor', password: SECRETS.etcdPassword }
      await using cluster = await startEtcdCluster({ members: 1, auth, flags: ['--bcrypt-cost=4'] })
      await using postgres = await startPostgres()
      await using influx = await startEcho()
      const dataDir = join(folder, 'data')
      const env = {
        ETCDMONITOR_ETCD_ENDPOINT: cluster.endpoints.join(','),
        ETCDMONITOR_ETCD_USERNAME: 'monitor',
        ETCDMONITOR_ETCD_PASSWORD_FILE: file('etcd-password', SECRETS.etcdPassword),
        ETCDMONITOR_STORAGE_DATA_DIR: dataDir,
        ETCDMONITOR_STORAGE_METRICS_DRIVER: 'influxdb',
        ETCDMONITOR_STORAGE_METRICS_URL: influx.url,
        ETCDMONITOR_STORAGE_METRICS_ORG: 'org',
        ETCDMONITOR_STORAGE_METRICS_BUCKET: 'bucket',
        ETCDMONITOR_STORAGE_METRICS_TOKEN_FILE: file('influx-token', SECRETS.influxToken),
        ETCDMONITOR_STORAGE_STATE_DRIVER: 'postgres',
        ETCDMONITOR_STORAGE_STATE_URL_FILE: file('state-url', postgres.url),
        ETCDMONITOR_AUTH_SECRET_FILE: file('secret', SECRETS.signingKey),
        ETCDMONITOR_AUTH_INITIAL_ADMIN_PASSWORD_FILE: file('first-password', SECRETS.firstPassword),
        ETCDMONITOR_AUTH_LOGIN_RATE_PER_MINUTE: '0',
      }
      const lines: string[] = []
      const processes: string[] = []
      const lookAround = () => processes.push(...listProcesses().map(({ command }) => command))
      try {
        await using api = await startConsole({ endpoints: cluster.endpoints, env })
        api.program.onLine((line) => lines.push(line))
        const { answers, ask, signIn } = createCaller(api)
        await eventually('ready', async () => (await ask('/readyz')).status === 200)
        lookAround()

        const { firstPassword, newPassword, guess, value } = SECRETS
        const change = (old_password: unknown, new_password: unknown) =>
          ask('/api/auth/change-password', toJson({ username: 'admin', old_password, new_password }))
        await change(guess, newPassword)
        await change({ $gt: guess }, newPassword)
        await change(firstPassword, 'short')
        await change(firstPassword, newPassword)
        for (const body of [
          { username: 'admin', password: guess },
          { username: 'admin', password: [guess] },
          { username: guess, password: guess },
          { username: 'admin', password: 'x', other: guess },
          `{"username":"admin","password":"${guess}",`,
          `{"password":"${guess}","password":"${guess}"}`,
        ])
          await ask('/api/auth/login', toJson(body))

        const token = await signIn(newPassword)
        const ended = await signIn(newPassword)
        const authorization = `Bearer ${token}`
        await ask('/api/auth/logout', toJson({}, ended))
        for (const path of ['/api/status', '/api/nope', '/'])
          for (const parameter of ['access_token', 'token'])
            await ask(`${path}?${parameter}=${token}`, { headers: { cookie: `session_token=${token}` } })
        await ask('/api/status', { headers: { authorization: `Bearer ${token}x` } })
        await ask('/api/status', { headers: { authorization: `Basic ${token}` } })
        const put = { key: '/canary', value }
        expect((await ask('/api/kv/v3/put', { ...toJson(put, token), method: 'PUT' })).status).toBe(200)
        await ask('/api/kv/v3/put', { ...toJson({ ...put, [value]: value }, token), method: 'PUT' })

        const { text } = await ask('/api/openapi.json', { headers: { authorization } })
        const { paths } = JSON.parse(text) as { paths: Readonly<Record<string, object>> }
        const getters = Object.keys(paths).filter((path) => 'get' in (paths[path] ?? {}))
        expect(getters.length).toBeGreaterThan(15)
        for (const path of getters)
          await ask(path.replaceAll(/\{[^}]+\}/g, '1'), { headers: { authorization } })
        expect(influx.asked).toContain(`Token ${SECRETS.influxToken}`)
        const refused = () => lines.some((line) => line.includes('"event":"influx_auth"'))
        await eventually('the token was refused', refused)

        const added = await runCommand(['users', 'add', 'carol', '--generate'], env)
        expect([added.code, added.stderr]).toEqual([0, expect.not.stringMatching(/canary/)])
        const drawn = added.stdout.trim()
        await runCommand(['check-config', '--connect'], env).then(({ stdout, stderr }) =>
          lines.push(stdout, stderr),
        )
        lookAround()

        await postgres.kill()
        await eventually('the store is away', async () => {
          const { status } = await ask('/api/user/panel-config', { headers: { authorization } })
          return status === 503
        })
        await ask('/api/auth/login', toJson({ username: 'admin', password: newPassword }))
        await ask('/api/status', { headers: { authorization } })
        lookAround()
        await api.program.stop()

        const password = decodeURIComponent(new URL(postgres.url).password)
        const [, claims = '', signature = ''] = token.split('.')
        const { value: _, ...secrets } = SECRETS
        const all = { ...secrets, password, drawn, token, ended, claims, signature }
        expect(lines.length).toBeGreaterThan(50)
        expect(lines.filter((line) => found(line, { ...all, value }).length > 0)).toEqual([])
        expect(answers.filter((answer) => found(answer, all).length > 0)).toEqual([])
        expect(found(processes.join('\n'), all)).toEqual([])
        expect(found(filesOf(dataDir), all)).toEqual([])
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    })
  })
})
