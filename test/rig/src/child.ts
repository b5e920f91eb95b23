import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

const MAX_LINES = 20_000
const STOP_LIMIT = 60_000

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Child extends AsyncDisposable {
  readonly pid: number
  /** Settles when the process has ended and its output is read; never rejects. */
  readonly exited: Promise<Exit>
  /** The last lines of both outputs, in the order they came. */
  logs(): string
  /** Calls `listener` with each line so far and each that comes, until the returned function is called. */
  onLine(listener: (line: string) => void): () => void
  /** SIGTERM, then waits for the end. @throws Error, after SIGKILL, when that takes more than 60 s. */
  stop(): Promise<Exit>
  /** SIGKILL, then waits for the end. */
  kill(): Promise<Exit>
  /** SIGSTOP: the kernel goes on accepting connections for it. */
  hang(): void
  resume(): void
}

export interface Command {
  readonly command: string
  readonly args: readonly string[]
  /** The whole environment, not an addition to ours. */
  readonly env: NodeJS.ProcessEnv
  readonly cwd?: string
}

/**
 * Starts a program that the kernel kills when this thread ends, however it ends (`setpriv` of util-linux 2.33; it
 * becomes the program, so the pid is the program's own). Disposing kills it.
 */
export async function startChild({ command, args, env, cwd }: Command): Promise<Child> {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], {
    env,
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  await once(child, 'spawn')
  const exited = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const kill = () => {
    child.kill('SIGKILL')
    return exited
  }
  return {
    pid: child.pid ?? 0, // there is one after 'spawn'
    exited,
    ...keepLines(child),
    stop: () => stopWithin(STOP_LIMIT, child, exited),
    kill,
    hang: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async [Symbol.asyncDispose]() {
      await kill()
    },
  }
}

type Spawned = ChildProcessByStdio<null, Readable, Readable>

function keepLines({ stdout, stderr }: Spawned): Pick<Child, 'logs' | 'onLine'> {
  const lines: string[] = []
  const listeners = new Set<(line: string) => void>()
  for (const input of [stdout, stderr]) {
    createInterface({ input }).on('line', (line) => {
      lines.push(line)
      if (lines.length > MAX_LINES) lines.shift()
      for (const listener of listeners) listener(line)
    })
  }
  return {
    logs: () => lines.join('\n'),
    onLine(listener) {
      listeners.add(listener)
      for (const line of lines) listener(line)
      return () => listeners.delete(listener)
    },
  }
}

async function stopWithin(limit: number, child: Spawned, exited: Promise<Exit>): Promise<Exit> {
  const overrun = AbortSignal.timeout(limit)
  overrun.addEventListener('abort', () => child.kill('SIGKILL'))
  child.kill('SIGTERM')
  const exit = await exited
  if (overrun.aborted) throw new Error(`process ${child.pid} did not stop within ${limit} ms`)
  return exit
}
