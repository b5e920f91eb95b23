import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Servers and builds that all checkouts of a user share. May not exist yet. */
export const cacheFolder = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'etcdmonitor')

/**
 * Runs `work` while holding `<cache>/<name>.lock` against all other processes of the user; waits without bound.
 * The lock ends with this process, however it ends.
 */
export async function withCacheLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  const release = await takeLock(name)
  try {
    return await work()
  } finally {
    await release()
  }
}

/** Node has no flock(2): `cat` holds the lock until its standard input, our pipe, is closed. */
async function takeLock(name: string): Promise<() => Promise<void>> {
  mkdirSync(cacheFolder(), { recursive: true })
  const file = join(cacheFolder(), `${name}.lock`)
  const holder = spawn('flock', [file, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true, // an interrupt of the terminal is for us: the lock must not end before the work
  })
  const gone = new Promise<void>((resolve) => holder.once('close', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    holder.stdout.once('data', () => resolve())
    holder.once('error', reject)
    holder.once('exit', (code) => reject(new Error(`flock ${file} ended with ${code}`)))
  })
  return () => {
    holder.stdin.end()
    return gone
  }
}
