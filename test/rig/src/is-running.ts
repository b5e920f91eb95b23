import { readFileSync } from 'node:fs'

/** Whether the process lives; one that has ended and that nobody has waited for (a zombie) does not. */
export function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2)) // the name before it may hold anything
  } catch {
    return false
  }
}
