/** What the page of a run says, and the verdict of a comparison. */
export const runTexts = {
  run: {
    title: (operation: string) => `Run: ${operation}`,
    rolling: 'Defragment, rolling',
    started: (time: string, user: string) => `started ${time} by ${user}`,
    members: (done: number, all: number) => `members ${done} of ${all}`,
    unknown:
      'The request was sent and no answer arrived. The member may still be working. Its state is checked; start nothing else on it.',
    interrupted:
      'The process that ran this is gone, or lost hold of it. Below stands what is known of each step.',
    notConnected:
      'Not connected: below stands what was last known. While the console lives the run goes on. If its process died, no further step is begun, and the run ends as interrupted within a minute of its restart.',
    stepsTitle: 'Steps',
    result: 'Result',
    error: 'Error',
    stopAfterMember: 'Stop after this member',
    breakOff: 'Break off',
    stopping: 'Stopping as soon as it can',
    stoppingAfter: (member: string) => `Stopping after ${member}`,
    copyAsText: 'Copy as text',
    copied: 'The run is copied as text.',
    notCopied: 'This browser does not let a page copy. Open the console by https:// or on localhost.',
    id: 'Run',
    again: 'Defragment the members that are left',
    columns: {
      member: 'Member',
      state: 'State',
      before: 'Before',
      after: 'After',
      returned: 'Returned',
      duration: 'Duration',
      version: 'Version',
      hash: 'Hash',
      revision: 'Revision',
      compactRevision: 'Compacted to',
      reclaimable: 'Defragmenting could return',
    },
    grew: (size: string) => `grew by ${size}`,
    sent: (done: string, total: string, rate: string) => `${done} of ${total} sent, ${rate}/s`,
    verified: (bytes: string, hash: string) =>
      `Sent whole and verified: ${bytes} bytes, SHA-256 ${hash}. The browser says whether all of it arrived: a file of another size is incomplete, delete it.`,
    incomplete: 'Broken off: the file is incomplete, delete it.',
    perhapsIncomplete: 'Broken off: if there is a file, it is incomplete, delete it.',
    doubtful: 'Nobody saw its end: the file may be incomplete. Check its hash, or delete it.',
    unsent: 'Nothing was sent: there is no file.',
    differs: (who: string) => `${who} (differs)`,
    waysOut:
      'Replace the members that differ one by one (remove, wipe, add again), or restore the cluster from a verified snapshot. Disarm nothing before. This run keeps the evidence.',
    restore:
      'Restore commands, to copy. A restore makes a new cluster, as it stands here of one member; the console never runs it.',
    restoreMembers:
      'For several members run the restore on each host from this same file, with a --name and an --initial-advertise-peer-urls of its own and one --initial-cluster for all of them, then start every member on its new folder.',
  },
  figures: {
    title: 'Members during the run',
    titles: {
      dbSize: 'DB size',
      walFsync: 'WAL fsync p99',
      requests: 'Client requests a second',
    },
    none: 'No sample of this time is stored.',
    least: 'least',
    largest: 'most',
    newest: 'newest',
  },
  verdicts: {
    consistent: 'Consistent: all voters have the same content.',
    inconsistent: 'Inconsistent: members hold different data.',
    inconclusive: 'Inconclusive: this proves nothing.',
  },
  verdictReasons: {
    member_missing: (who) => `${who || 'A voter'} did not answer: see why, then compare again.`,
    single_voter: () => 'There is only one voter: nothing to compare with.',
    compacting: () => 'Compactions came in between each time: compare again when none runs.',
    changed_between_attempts: () => 'The first look found a difference, the second did not: compare again.',
    seen_once: () => 'Members differed in one look, which is to be found again: compare again.',
    error: (who) => `${who || 'A voter'} answered with an error: see below.`,
  } as Readonly<Record<string, (who: string) => string>>,
} as const
