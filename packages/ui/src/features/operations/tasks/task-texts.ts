const plural = new Intl.PluralRules('en')
/** `1 member`, `3 members`. */
const counted = (count: number, one: string, other = `${one}s`): string =>
  `${count.toLocaleString('en')} ${plural.select(count) === 'one' ? one : other}`

/** What the page of each operation says. */
export const taskTexts = {
  alarms: {
    none: 'No alarms.',
    columns: { member: 'Member', type: 'Alarm', since: 'For', meaning: 'What it means' },
    firstOfThem: (age: string) => `${age}, the first of them`,
    left: 'has left the cluster',
    unnamed: 'no member is named',
    meanings: {
      NOSPACE:
        'The database of the member reached its quota. The cluster takes no writes until the alarm is disarmed.',
      CORRUPT: 'Members hold different data. Do not disarm before HashKV says that they agree.',
    } as Readonly<Record<string, string>>,
    unknownMeaning: 'This version does not know this alarm: look at the documentation of your etcd.',
    disarm: 'Disarm',
    disarmOf: (type: string, who: string) => `Disarm ${type} of ${who}`,
    disarmButton: (type: string) => `Disarm ${type}`,
    disarmUnderstand: (type: string) =>
      type === 'NOSPACE'
        ? 'writes are let in again: if the writer that filled the database still runs, the alarm comes back'
        : 'the alarm is all that keeps writes away from data that differed',
    stepsTitle: 'Steps out of NOSPACE',
    forecast: 'No alarm is active. This is how it stands before one.',
    incomplete: 'Not everything could be read: what is missing stands as "-".',
    stepStates: { done: 'done', todo: 'to do', blocked: 'waiting', not_needed: 'not needed' } as Readonly<
      Record<string, string>
    >,
    actions: {
      stop_writer: 'Stop the writer',
      delete_keys: 'Delete keys that are not needed',
      compact: 'Compact',
      defragment: 'Defragment',
      check_size: 'Check the size',
      disarm: 'Disarm the alarm',
      verify_write: 'Write something',
      prevent: 'Prevent the next time',
    } as Readonly<Record<string, string>>,
    memberColumns: { member: 'Member', size: 'DB size', inUse: 'In use', quota: 'Quota', used: 'Used' },
    prefixes: 'Prefixes with the most keys',
    morePrefixes: 'Not every directory was looked at: another prefix may hold more keys.',
    keyCount: 'Keys',
    keys: (count: number, percent: number) => `${counted(count, 'key')}, ${Math.round(percent)} %`,
    growth: (rate: string) => `Over the last 4 h, or as far as samples reach: ${rate} of growth an hour.`,
    puts: (rate: string) => `${rate} puts a second.`,
  },
  defragment: {
    about:
      'A member answers nothing while it is defragmented (about 1 s per 100 MiB). One member at a time, leader last.',
    columns: {
      choose: 'Choose',
      member: 'Member',
      size: 'DB size',
      inUse: 'In use',
      reclaimable: 'Could return',
    },
    least: 'Skip members that would return less than (MiB)',
    leader: 'The leader',
    leaderAuto: 'As the plan decides',
    leaderMove: 'Move leadership away first',
    leaderStay: 'In place',
    button: (count: number) =>
      count === 0 ? 'Nothing to defragment' : `Defragment ${counted(count, 'member')}`,
    confirm: (names: string) =>
      `${names} will answer nothing while each is defragmented, one after the other.`,
    confirmOne: (name: string) => `${name} will answer nothing while it is defragmented.`,
    understandSingle: 'the cluster answers nothing at all while its only member is defragmented',
    understandQuorum: 'the cluster has no leader while it runs',
    choose: 'Choose at least one member.',
    badLeast: 'A whole number of MiB, 0 or more.',
  },
  snapshot: {
    about: 'The whole database of one member, checked by its SHA-256 while it is sent.',
    holds: 'A snapshot holds every key and value, and the password hashes of etcd users.',
    member: 'Member',
    size: (size: string) => `About ${size} will be downloaded.`,
    button: 'Download snapshot',
    waiting: 'Waiting for the download to begin …',
    notBegun:
      'The download did not begin within 10 s. Look whether the browser asked for permission, then try again.',
    proposal: (name: string) => `${name}, proposed`,
  },
  moveLeader: {
    present: (name: string) => `The leader is ${name}.`,
    presentFor: (name: string, length: string) => `The leader is ${name}, for ${length}.`,
    none: 'The cluster has no leader: nothing can be moved.',
    single: 'The cluster has one voter: there is nobody to move to.',
    about:
      'Writes wait until the new leader is there, mostly a few milliseconds; some may fail for up to an election timeout.',
    target: 'New leader',
    learner: 'a learner has no vote',
    isLeader: 'leads now',
    columns: { choose: 'Choose', member: 'Member', lag: 'Raft lag', fsync: 'WAL fsync p99', state: 'State' },
    button: (name: string) => `Make ${name} the leader`,
    confirm: (name: string) => `Leadership moves to ${name}.`,
    understand: 'writes may fail for up to an election timeout',
  },
  hashkv: {
    about:
      'Compares the content of all voters at one revision. It reads the whole keyspace of every member, one after another, and holds up its commits meanwhile.',
    button: 'Compare all voters',
    confirm: 'The whole keyspace of every voter is read, one after another.',
  },
  compact: {
    about:
      'Forgets old revisions of all keys. What is stored now stays as it is; watchers and readers of older revisions are refused.',
    revision: (head: string, time: string, compacted: string) =>
      `Revision ${head} at ${time}, compacted to ${compacted}.`,
    retain: 'Keep the last revisions',
    badRetain: 'A whole number, 1 or more.',
    preview: (target: string) =>
      `Compacts to ${target}: history before it is gone for watchers and for revision reads.`,
    nothing: 'There are not so many revisions yet: nothing to compact.',
    already: 'The history is compacted beyond that already.',
    physical: 'Wait until the space is free inside the file (physical)',
    physicalHelp: 'Takes longer. Use it when a defragmentation follows.',
    button: (target: string) => `Compact to ${target}`,
    understand: 'history before that revision is gone for good',
  },
  overview: {
    last: (time: string, outcome: string) => `last: ${time}, ${outcome}`,
    members: (count: number) => counted(count, 'member'),
    returned: (size: string) => `${size} returned`,
    verified: 'verified',
    verdict: (verdict: string, revision: string) => `${verdict} at revision ${revision}`,
    revision: (head: string, compacted: string) => `revision ${head}, compacted to ${compacted}`,
    neverRun: 'never run from here',
    reclaimable: (count: number, size: string) =>
      count === 0 ? 'no member would return much' : `${counted(count, 'member')} could return about ${size}`,
    alarms: (count: number) => (count === 0 ? 'none' : counted(count, 'alarm')),
    leader: (name: string) => `leader: ${name}`,
    leaderFor: (name: string, length: string) => `leader: ${name} for ${length}`,
    noLeader: 'no leader',
  },
} as const
