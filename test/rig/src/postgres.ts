import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, copyFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { KeyPair } from './certificates.ts'
import { type Child, startChild } from './child.ts'
import { isRoot } from './debian.ts'
import { freePorts } from './free-ports.ts'
import { isRunning } from './is-running.ts'
import { listProcesses } from './process-list.ts'
import { findServer } from './servers.ts'

const execute = promisify(execFile)
const READY_LIMIT = 60_000
const INTERVAL = 50
const LOG_SHOWN = 2_000
const ROLE = 'etcdmonitor'
/** Whom the server runs as when we are root, which it refuses; Debian's package makes the account. */
const ACCOUNT = 'postgres'

export interface Postgres extends AsyncDisposable {
  /** Of a superuser, with its password; the database is empty. */
  readonly url: string
  /** Runs a statement and answers its rows: columns with `|` between them. */
  query(statement: string): Promise<readonly string[]>
  /** SIGKILL: the whole server is gone when the promise resolves. */
  kill(): Promise<void>
  /** SIGSTOP to the server and to what serves its connections: it accepts and never answers. */
  hang(): void
  resume(): void
  /** Ends it if it runs, starts it on its data and port, and waits until it answers. */
  restart(): Promise<void>
}

export interface PostgresOptions {
  /** It then speaks TLS to who asks for it. */
  readonly tls?: KeyPair
}

/** A real PostgreSQL on a free port of 127.0.0.1, with data that is removed. It ends with this process, also when that is killed. */
export async function startPostgres({ tls }: PostgresOptions = {}): Promise<Postgres> {
  const binary = findServer('postgres')
  if (!binary) throw new Error('the server postgres is missing')
  const bin = dirname(realpathSync(binary)) // its companions lie beside it, not beside a link
  const password = randomBytes(12).toString('hex')
  const [port = 0] = await freePorts(1)
  const url = `postgres://${ROLE}:${password}@127.0.0.1:${port}/postgres`
  const folder = await makeFolder()
  const data = join(folder, 'data')
  const [certFile, keyFile] = [join(folder, 'server.pem'), join(folder, 'server-key.pem')]
  let child: Child | undefined

  const query = async (statement: string): Promise<readonly string[]> => {
    const { stdout } = await execute(join(bin, 'psql'), ['-XAtq', '-c', statement, url], { cwd: folder })
    return stdout.trimEnd().split('\n')
  }
  const kill = async () => {
    if (!child) return
    const family = listFamily(child.pid)
    await child.kill()
    signal(family, 'SIGKILL') // the server's end would stop them too, unless they hang
    await until('the server is gone', async () => !family.some(isRunning))
  }
  const start = async () => {
    const flags = tls
      ? ['-c', 'ssl=on', '-c', `ssl_cert_file=${certFile}`, '-c', `ssl_key_file=${keyFile}`]
      : []
    child = await startChild({
      ...asAccount(join(bin, 'postgres'), [
        ...['-D', data, '-p', String(port)],
        ...['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
        ...['-c', 'fsync=off', '-c', 'max_connections=60'], // its data need not outlive this machine
        ...flags,
      ]),
      env: environment(),
      cwd: folder,
    })
    const { logs } = child
    let hasEnded = false
    void child.exited.then(() => {
      hasEnded = true
    })
    await until('the server answers', async () => {
      if (hasEnded) throw new Error(`postgres ended; its log ends:\n${logs().slice(-LOG_SHOWN)}`)
      return answers(query)
    })
  }
  const dispose = async () => {
    await kill()
    rmSync(folder, { recursive: true, force: true })
  }

  try {
    const passwordFile = join(folder, 'password')
    writeFileSync(passwordFile, password)
    const { command, args } = asAccount(join(bin, 'initdb'), [
      ...['-D', data, '-U', ROLE, '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
      ...['-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'],
    ])
    await execute(command, args, { cwd: folder, env: environment() })
    if (tls) {
      copyFileSync(tls.certFile, certFile)
      copyFileSync(tls.keyFile, keyFile)
      chmodSync(keyFile, 0o600) // it refuses a key that others may read
      await Promise.all([certFile, keyFile].map(giveAway))
    }
    await start()
  } catch (error) {
    await dispose()
    throw error
  }
  return {
    url,
    query,
    kill,
    hang: () => signal(listFamily(child?.pid), 'SIGSTOP'),
    resume: () => signal(listFamily(child?.pid), 'SIGCONT'),
    async restart() {
      await kill()
      await start()
    },
    [Symbol.asyncDispose]: dispose,
  }
}

async function makeFolder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-postgres-'))
  await giveAway(folder)
  return folder
}

/** To whom the server runs as. */
async function giveAway(path: string): Promise<void> {
  if (!isRoot()) return
  const [uid, gid] = await Promise.all(['-u', '-g'].map((flag) => execute('id', [flag, ACCOUNT])))
  chownSync(path, Number(uid?.stdout), Number(gid?.stdout))
}

/** A change of user clears what kills a process with its parent: `setpriv` sets it again. */
const asAccount = (command: string, args: readonly string[]) =>
  isRoot()
    ? {
        command: 'setpriv',
        args: [
          ...[`--reuid=${ACCOUNT}`, `--regid=${ACCOUNT}`, '--init-groups', '--pdeathsig', 'KILL'],
          ...[command, ...args],
        ],
      }
    : { command, args }

/** Messages in English; no PG… variable of ours. */
const environment = (): NodeJS.ProcessEnv => ({ PATH: process.env.PATH, LC_ALL: 'C.UTF-8' })

/** The server and its children, the server first: a stopped one makes no others. */
const listFamily = (pid: number | undefined): readonly number[] =>
  pid === undefined ? [] : [pid, ...listProcesses().flatMap((one) => (one.parent === pid ? one.pid : []))]

function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name)
    } catch {
      // it ended meanwhile
    }
  }
}

async function answers(query: Postgres['query']): Promise<boolean> {
  try {
    return (await query('select 1'))[0] === '1'
  } catch {
    return false // not listening yet, or starting up
  }
}

async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + READY_LIMIT; !(await look()); await sleep(INTERVAL))
    if (performance.now() > end) throw new Error(`${what}: not within ${READY_LIMIT} ms`)
}
