import type { ClusterMessages } from './cluster-messages.ts'
import type { Messages } from './messages.ts'

const plural = new Intl.PluralRules('en')
const counted = (count: number, one: string, other: string) =>
  `${count} ${plural.select(count) === 'one' ? one : other}`

export const enCluster: Omit<ClusterMessages, keyof Messages> = {
  cluster: {
    table: 'Members side by side',
    verdict: 'How the cluster is',
    states: { healthy: 'Healthy', degraded: 'Degraded', critical: 'Critical', unknown: 'Unknown' },
    answering: (answering, voters) =>
      voters === 0
        ? 'No member is known yet'
        : `${answering} of ${counted(voters, 'voter answers', 'voters answer')}`,
    leader: (who) => `leader ${who}`,
    leaderFor: (who, age, bound) =>
      `leader ${who} for ${{ exact: '', least: 'more than ', most: 'less than ' }[bound]}${age}`,
    noLeader: 'no leader',
    alarms: (list) => `alarms: ${list}`,
    alarmOf: (type, who) => (who ? `${type} on ${who}` : type),
    noAlarms: 'no alarms',
    mayFail: (count) => (count === 0 ? 'No further member may fail' : `${count} more may fail`),
    even: 'An even number of voters tolerates no more failures than one less',
    updated: (age) => `updated ${age} ago`,
    copyLink: 'Copy link',
    linkCopied: 'The link to this page is copied.',
    notCopied: (text) => `This browser does not let a page copy. Select it by hand: ${text}`,
    attribute: 'Attribute',
    spread: 'Spread',
    rows: {
      status: 'Status',
      version: 'Version',
      memberId: 'Member ID',
      dbSize: 'DB size',
      inUse: 'In use',
      quota: 'Quota used',
      raft: 'Raft term / index',
      applyLag: 'Commit-apply lag',
      walFsync: 'WAL fsync p99',
      backendCommit: 'Backend commit p99',
      peerRoundTrip: 'Peer RTT p99',
      cpu: 'CPU',
      memory: 'Memory',
      fds: 'File descriptors',
      requests: 'Client requests',
      lastScrape: 'Last scrape',
      address: 'Address',
    },
    actions: 'Actions',
    versions: (count) => `${count} versions`,
    otherVersion: 'another version than most members',
    otherSize: (share) => `${share} away from the median`,
    behind: (entries) => `${entries} entries behind`,
    slower: (times) => (times ? `${times} times the median` : 'slower than the others'),
    tiers: { warning: 'above the warning threshold', critical: 'above the critical threshold' },
    neverScraped: 'never',
    notScraped: 'the values of this member are old',
    monitorMember: 'Monitor',
    menuOf: (who) => `More for ${who}`,
    tasks: { snapshot: 'Snapshot from it…', defragment: 'Defragment it…', 'move-leader': 'Make it leader…' },
    copyHexId: 'Copy ID, hexadecimal',
    copyDecimalId: 'Copy ID, decimal',
    copyAddress: 'Copy address',
    copied: (text) => `Copied: ${text}`,
    compare: 'Compare',
    eachAlone: 'Each member alone',
    withOther: (one, other) => `${one} and ${other}`,
    noMembers: 'No member of the cluster is known yet: no endpoint has answered since the console started.',
  },
}
