import { readdirSync, readFileSync } from 'node:fs'

export interface ListedProcess {
  readonly pid: number
  readonly parent: number
  /** Process group. */
  readonly group: number
  /** Program and arguments, with spaces between them. */
  readonly command: string
}

/** All processes of this machine that run, those that ended but were not collected left out; Linux. */
export const listProcesses = (): readonly ListedProcess[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => readProcess(Number(pid)) ?? [])

/** `pid (name) state ppid pgrp …`, where the name may hold spaces and brackets; proc(5). */
function readProcess(pid: number): ListedProcess | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state, parent, group] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    return state === 'Z' ? undefined : { pid, parent: Number(parent), group: Number(group), command }
  } catch {
    return undefined // it ended meanwhile
  }
}
