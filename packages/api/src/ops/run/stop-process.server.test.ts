import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes } from '@etcdmonitor/adapters/node/random'
import { openSqliteState } from '@etcdmonitor/adapters/sqlite/state/state-store'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { expect, it, onTestFinished } from 'vitest'

const ENTRY = fileURLToPath(new URL('../../node.ts', import.meta.url))
const PASSWORD = 'correct horse'

/** What these requests are answered. */
interface Answered {
  readonly session_token: string
  readonly run_id: string
  readonly steps: readonly { readonly name: string; readonly state: string }[]
}

/** A real API process before real etcd, and requests to it. */
async function openProcess() {
  const servers = await startEtcdCluster({ members: 3 })
  onTestFinished(() => servers.dispose())
  const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-stop-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const config = join(folder, 'config.yaml')
  const endpoints = JSON.stringify(servers.endpoints)
  writeFileSync(
    config,
    `{ server: { listen: "127.0.0.1:0" }, storage: { data_dir: "${folder}/data" }, etcd: { endpoint: ${endpoints} } }`,
  )
  const args = ['--disable-proto=throw', ENTRY, '--config', config]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }]
  const send = async (
    method: string,
    path: string,
    { body, token = '' }: { body?: object; token?: string } = {},
  ) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      ...{ method, redirect: 'error', signal: AbortSignal.timeout(60_000) },
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    return (await answer.json()) as Answered
  }
  const first = readFileSync(`${folder}/data/initial-admin-password`, 'utf8').trimEnd()
  const change = { username: 'admin', old_password: first, new_password: PASSWORD }
  await send('POST', '/api/auth/change-password', { body: change })
  const session = await send('POST', '/api/auth/login', { body: { username: 'admin', password: PASSWORD } })
  return { child, folder, send, token: session.session_token }
}

/** Exit code. */
async function stop(child: ChildProcess): Promise<number | null> {
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  const [code] = await exited
  return code
}

it('RU8 a process that is stopped between two members ends the run, and leaves nothing locked', async () => {
  const { child, folder, send, token } = await openProcess()
  const body = { member_ids: 'all' }
  const { run_id: id } = await send('POST', '/api/ops/defragment?wait=0', { body, token })
  for (let isSettling = false; !isSettling; ) {
    const { steps } = await send('GET', `/api/ops/runs/${id}`, { token })
    isSettling = steps.some(({ name, state }) => name === 'settle' && state === 'running')
  }
  expect(await stop(child)).toBe(0)
  const state = await openSqliteState(`${folder}/data/state.db`, { clock: systemClock, random: randomBytes })
  onTestFinished(() => state[Symbol.asyncDispose]())
  const run = await state.runs.get(id)
  expect(run).toMatchObject({ state: 'interrupted', error: { code: 'process_stopped' } })
  const members = run?.steps.filter(({ name }) => name === 'defragment').map((step) => step.state)
  expect(members).toEqual(['succeeded', 'not_started', 'not_started'])
  expect(await state.runs.holder(run?.clusterId ?? '')).toBeUndefined()
  const { entries } = await state.audit.page({ operation: 'defragment' }, { size: 10 })
  expect(entries.map(({ verdict, code }) => `${verdict} ${code}`)).toEqual([
    'succeeded ',
    'failed process_stopped',
  ])
})
