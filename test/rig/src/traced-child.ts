import { execFileSync } from 'node:child_process'
import { type Child, startChild } from './child.ts'

/** A program of Node under strace, which sees or spoils its calls as `how` says (arguments of strace). With `-D` the child is the program, and strace ends with it. */
export const startTraced = (program: readonly string[], how: readonly string[]): Promise<Child> =>
  startChild({
    command: 'strace',
    args: ['-D', '-f', '-qq', ...how, process.execPath, ...program],
    env: { PATH: process.env.PATH },
  })

/** False where there is no strace, or it may not trace. */
export function canTrace(): boolean {
  try {
    execFileSync('strace', ['-qq', '-o', '/dev/null', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Arguments for strace: calls from the one after `sound` on fail, one of `every`. */
export const failing = (call: string, fault: string, sound: number, every: number): readonly string[] => [
  ...['-o', '/dev/null', '-e', `trace=${call}`],
  ...['-e', `inject=${call}:error=${fault}:when=${sound}+${every}`],
]
