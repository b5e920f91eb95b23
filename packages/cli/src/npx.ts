import { readFileSync } from 'node:fs'
import { systemClock } from '@etcdmonitor/adapters/node/clock'

const LOOK_AGAIN = 1_000
/** What stands between npx and us: pnpm, and the shells of both. */
const BETWEEN = new Set(['sh', 'dash', 'bash', 'pnpm'])

interface ProcessEntry {
  readonly pid: number
  readonly parent: number
  readonly name: string
  /** Ticks since boot: tells a process from a later one with the same pid. */
  readonly startedAt: string
}

/**
 * Resolves when the npx that started us has ended, or when `signal` aborts; never where there was none. A signal to npx reaches
 * neither pnpm nor us (`toolchain.md` T5), so its end is all that can be noticed. Linux only.
 */
export async function untilNpxEnds(signal: AbortSignal): Promise<void> {
  const npx = findNpx(process.ppid)
  if (npx === undefined) return new Promise(() => undefined)
  while (!signal.aborted && readProcess(npx.pid)?.startedAt === npx.startedAt)
    await systemClock.sleep(LOOK_AGAIN, signal)
}

function findNpx(pid: number): ProcessEntry | undefined {
  const found = readProcess(pid)
  if (found === undefined || found.name.startsWith('npm ') || found.name === 'npx') return found
  return BETWEEN.has(found.name) ? findNpx(found.parent) : undefined
}

/** `pid (name) state ppid …`, where the name may hold spaces and brackets; proc(5). */
function readProcess(pid: number): ProcessEntry | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const end = text.lastIndexOf(')')
    const fields = text.slice(end + 2).split(' ')
    const name = text.slice(text.indexOf('(') + 1, end)
    return { pid, name, parent: Number(fields[1]), startedAt: fields[19] ?? '' }
  } catch {
    return undefined
  }
}
