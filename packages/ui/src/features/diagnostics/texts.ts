import type { Stage, StageMark } from './stage-marks.ts'

/** What this page alone says: not in the catalogue, which is in the first load. */
export interface DiagnosticsTexts {
  readonly endpoints: string
  readonly endpoint: string
  readonly latency: string
  readonly checked: string
  readonly stages: Readonly<Record<Stage, string>>
  /** In place of TLS, where the address begins with http://. */
  readonly firstAnswer: string
  readonly marks: Readonly<Record<StageMark, string>>
  readonly roles: (role: string) => string | undefined
  readonly limitedUser: (user: string) => string
  readonly limitedUserAdvice: string
  readonly whatToDo: string
  readonly noEndpoints: string
  readonly console: string
  readonly scrapes: string
  readonly cluster: string
  readonly clocks: string
  readonly collector: string
  readonly history: string
  readonly stateStore: string
  readonly versions: string
  readonly tls: string
  readonly voters: string
  readonly quota: string
  readonly stores: Readonly<Record<'ok' | 'degraded' | 'unavailable', string>>
  readonly checkMarks: Readonly<Record<'ok' | 'warn' | 'crit' | 'unknown', string>>
  readonly ago: (age: string) => string
  readonly checkedAgo: (age: string) => string
  readonly never: string
  readonly knownBad: (who: string) => string
  readonly unmaintained: (who: string) => string
  readonly unverified: string
  readonly even: (voters: number) => string
  readonly lessThan: (length: string) => string
  readonly clocksRight: (length: string) => string
  readonly clocksWrong: (length: string) => string
  readonly nothingFound: string
  readonly copyReport: string
  readonly reportCopied: string
  readonly reportByHand: string
  readonly hideNames: string
}

const ROLES: Readonly<Record<string, string>> = {
  proxy: 'This is a proxy, no member: snapshots, defragmentation and HashKV do not go through it.',
  balancer:
    'A balancer stands here: another member may answer each time. Operations on one member use the addresses that the members advertise.',
}

export const texts: DiagnosticsTexts = {
  endpoints: 'etcd connection',
  endpoint: 'Endpoint',
  latency: 'Latency',
  checked: 'Checked',
  stages: { dns: 'Name', tcp: 'TCP', tls: 'TLS', auth: 'Sign-in', quorum: 'Quorum', ready: 'Ready' },
  firstAnswer: 'First answer',
  marks: {
    passed: 'passed',
    limited: 'passed, without the root role',
    failed: 'failed',
    not_reached: 'not reached',
    waiting: 'waiting for the first answer',
    unused: 'not used: the address begins with http://',
  },
  roles: (role) => (Object.hasOwn(ROLES, role) ? ROLES[role] : undefined),
  limitedUser: (user) =>
    `Sign-in: the etcd user ${JSON.stringify(user)} lacks the root role. Monitoring goes on, but etcd refuses snapshots, defragmentation and HashKV, from 3.6 on all operations, and keys outside of its roles.`,
  limitedUserAdvice:
    'etcdctl user grant-role NAME root, or configure a user that has this role (etcd.username, or the name in etcd.tls_cert).',
  whatToDo: 'What to do:',
  noEndpoints: 'No endpoint is configured: set etcd.endpoint.',
  console: 'Console',
  scrapes: 'Scrapes of members',
  cluster: 'Cluster',
  clocks: 'Clocks',
  collector: 'Collector',
  history: 'History',
  stateStore: 'State store',
  versions: 'Versions',
  tls: 'TLS',
  voters: 'Voters',
  quota: 'Quota',
  stores: {
    ok: 'ok',
    degraded: 'answers late, or its last write failed',
    unavailable: 'does not answer: history and what is written to it are missing until it does',
  },
  checkMarks: { ok: 'ok', warn: 'warning', crit: 'failed', unknown: 'not known' },
  ago: (age) => `${age} ago`,
  checkedAgo: (age) => `checked ${age} ago`,
  never: 'never',
  knownBad: (who) =>
    `${who}: 3.5.0 to 3.5.5 can lose consistency when a member crashes. Upgrade to the newest 3.5 before anything else.`,
  unmaintained: (who) =>
    `${who}: this release is no longer maintained. Plan an upgrade, one minor version at a time.`,
  unverified:
    'Certificates of etcd are not verified (etcd.tls_insecure_skip_verify): anybody between the console and etcd can read everything.',
  even: (voters) =>
    `${voters} voters tolerate no more failures than ${voters - 1}: one more, or one less, is safer than an even number.`,
  lessThan: (length) => `less than ${length}`,
  clocksRight: (length) => `browser and server differ by ${length}`,
  clocksWrong: (length) =>
    `Times on this page may be off by ${length}: the clocks of browser and server differ by that.`,
  nothingFound: 'Nothing to complain about.',
  copyReport: 'Copy report',
  reportCopied: 'The report is copied: text, then the same as JSON.',
  reportByHand: 'This browser does not let a page copy. Open the console by https:// or on localhost.',
  hideNames: 'Without host names',
}
