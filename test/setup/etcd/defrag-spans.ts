import { setTimeout as sleep } from 'node:timers/promises'
import type { EtcdMember } from '@etcdmonitor/rig/etcd-member'

/** A defragmentation as the member that did it has it in its log, Unix ms. */
export interface DefragSpan {
  readonly member: string
  readonly from: number
  readonly to: number
}

interface LogEntry {
  readonly ts: string
  readonly msg: string
}

/** All that the members did so far, by their beginning. */
export const defragSpans = (members: readonly Pick<EtcdMember, 'name' | 'logs'>[]): readonly DefragSpan[] =>
  members.flatMap(spansOf).toSorted((a, b) => a.from - b.from)

function spansOf({ name, logs }: Pick<EtcdMember, 'name' | 'logs'>): readonly DefragSpan[] {
  const spans: DefragSpan[] = []
  let from: number | undefined
  for (const { ts, msg } of readLog(logs())) {
    if (msg === 'starting defragment') from = Date.parse(ts)
    if (msg !== 'finished defragment' || from === undefined) continue
    spans.push({ member: name, from, to: Date.parse(ts) })
    from = undefined
  }
  return spans
}

/** The first member that ever begins, as soon as its log says so: by what an API tells it may be over already. */
export async function untilDefragmenting<M extends Pick<EtcdMember, 'logs'>>(
  members: readonly M[],
): Promise<M> {
  for (;;) {
    const begun = members.find(hasBegun)
    if (begun) return begun
    await sleep(2)
  }
}

const hasBegun = ({ logs }: Pick<EtcdMember, 'logs'>): boolean =>
  readLog(logs()).some(({ msg }) => msg === 'starting defragment')

const readLog = (logs: string): readonly LogEntry[] =>
  logs.split('\n').flatMap((line) => (line.includes('defragment') ? [JSON.parse(line) as LogEntry] : []))
