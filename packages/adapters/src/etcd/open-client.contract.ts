import { readdirSync, readFileSync } from 'node:fs'
import type { Log, LogFields } from '@etcdmonitor/core/ports/log'
import type { EtcdMember } from '@etcdmonitor/rig/etcd-member'
import { vi } from 'vitest'
import { systemClock } from '../node/clock.ts'
import { type EtcdClient, type EtcdClientOptions, openEtcdCluster } from './etcd-cluster.ts'

/** One line that a client logged. */
export interface LoggedLine {
  readonly event: string
  readonly fields: LogFields
}

/** A log that keeps its lines for a test to read. */
export function recordingLog(lines: LoggedLine[]): Log {
  const write = (event: string, fields: LogFields = {}) => void lines.push({ event, fields })
  return { debug: write, info: write, warn: write, error: write }
}

/** A view that was just made, however long that takes. */
export const FRESH = { maxAge: 0, wait: 10_000, listMaxAge: 0 } as const
/** What is known, without asking anybody. */
export const KNOWN = { maxAge: 3_600_000, listMaxAge: 3_600_000 } as const

/** The real client on the system's clock, for tests: one attempt per second at what cannot be reached, unless told otherwise. */
export const openClient = (
  options: Pick<EtcdClientOptions, 'endpoints'> & Partial<EtcdClientOptions>,
): EtcdClient =>
  openEtcdCluster({
    username: '',
    metricsPath: '/metrics',
    metricsEndpoint: '',
    memberAllowCidrs: [],
    interval: 1_000,
    clock: systemClock,
    log: recordingLog([]),
    ...options,
  })

/** Stops the member's process. The kernel takes its threads one after the other: some may still answer for a moment. */
export async function hangMember(member: Pick<EtcdMember, 'pid' | 'hang'> | undefined): Promise<void> {
  if (!member) throw new Error('no such member')
  member.hang()
  const tasks = `/proc/${member.pid}/task`
  const stateOf = (task: string) => /\) (\w)/.exec(readFileSync(`${tasks}/${task}/stat`, 'utf8'))?.[1]
  const hangs = () => readdirSync(tasks).every((task) => stateOf(task) === 'T')
  await vi.waitUntil(hangs, { timeout: 60_000 }) // also in hooks, where nothing is expected
}
