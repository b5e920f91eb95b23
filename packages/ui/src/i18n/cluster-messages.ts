import type { Messages } from './messages.ts'

/** With what only the Cluster page says: not in the first load. */
export interface ClusterMessages extends Messages {
  readonly cluster: {
    readonly table: string
    readonly verdict: string
    readonly states: Readonly<Record<'healthy' | 'degraded' | 'critical' | 'unknown', string>>
    readonly answering: (answering: number, voters: number) => string
    readonly leader: (who: string) => string
    readonly leaderFor: (who: string, age: string, bound: 'exact' | 'least' | 'most') => string
    readonly noLeader: string
    readonly alarms: (list: string) => string
    readonly alarmOf: (type: string, who: string) => string
    readonly noAlarms: string
    readonly mayFail: (count: number) => string
    readonly even: string
    readonly updated: (age: string) => string
    readonly copyLink: string
    readonly linkCopied: string
    readonly notCopied: (text: string) => string
    readonly attribute: string
    readonly spread: string
    readonly rows: Readonly<
      Record<
        | 'status'
        | 'version'
        | 'memberId'
        | 'dbSize'
        | 'inUse'
        | 'quota'
        | 'raft'
        | 'applyLag'
        | 'walFsync'
        | 'backendCommit'
        | 'peerRoundTrip'
        | 'cpu'
        | 'memory'
        | 'fds'
        | 'requests'
        | 'lastScrape'
        | 'address',
        string
      >
    >
    readonly actions: string
    readonly versions: (count: number) => string
    readonly otherVersion: string
    readonly otherSize: (share: string) => string
    readonly behind: (entries: string) => string
    readonly slower: (times: string) => string
    readonly tiers: Readonly<Record<'warning' | 'critical', string>>
    readonly neverScraped: string
    readonly notScraped: string
    readonly monitorMember: string
    readonly menuOf: (who: string) => string
    readonly tasks: Readonly<Record<'snapshot' | 'defragment' | 'move-leader', string>>
    readonly copyHexId: string
    readonly copyDecimalId: string
    readonly copyAddress: string
    readonly copied: (text: string) => string
    readonly compare: string
    readonly eachAlone: string
    readonly withOther: (one: string, other: string) => string
    readonly noMembers: string
  }
}
