import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Child {
  readonly pid: number | undefined
  /** Settles when the process has ended; never rejects. */
  readonly exited: Promise<Exit>
  readonly kill: (signal: NodeJS.Signals) => void
}

export interface Program {
  /** A file that Node can run, and its arguments. */
  readonly args: readonly string[]
  /** In a session of its own the signals of our terminal and of our group do not reach it. */
  readonly apart: boolean
  readonly onMessage?: ((message: unknown) => void) | undefined
}

/** Nothing of ours uses `__proto__`; what others name so, such as a key of etcd, shall change no object. */
const STRICT = ['--disable-proto=throw']

/** Starts a program of ours with an IPC channel, whose end tells it that we are gone (`architecture.md` D18). */
export async function startChild({ args, apart, onMessage }: Program): Promise<Child> {
  const child = spawn(process.execPath, [...STRICT, ...args], {
    detached: apart,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  if (onMessage) child.on('message', onMessage)
  await once(child, 'spawn')
  return { pid: child.pid, exited, kill: (signal) => void child.kill(signal) }
}

/** Ends the child: SIGTERM, and SIGKILL when it has not ended `limit` ms later or `force` aborts. */
export async function endChild(child: Child, limit: number, force: AbortSignal): Promise<Exit> {
  const overrun = AbortSignal.any([force, AbortSignal.timeout(limit)])
  const killIt = () => child.kill('SIGKILL')
  overrun.addEventListener('abort', killIt)
  child.kill(overrun.aborted ? 'SIGKILL' : 'SIGTERM')
  const exit = await child.exited
  overrun.removeEventListener('abort', killIt)
  return exit
}
