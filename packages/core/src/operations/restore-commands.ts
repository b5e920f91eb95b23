import { isBefore36 } from './known-versions.ts'

/** Of the run that sent it (api.md 8.3). */
export interface SnapshotFile {
  /** Safe in a shell as it is. */
  readonly fileName: string
  /** Of the member that sent it, such as `3.5.21`. */
  readonly etcdVersion: string
}

/** What to type where the file lies: to look at it, and to make the data folder of a new cluster of it (operations.md 8.3). */
export function restoreCommands({ fileName, etcdVersion }: SnapshotFile): readonly [string, string] {
  const isOld = isBefore36(etcdVersion)
  const tool = isOld ? 'etcdctl' : 'etcdutl'
  // clients that watch must not take the new history for the old one; etcdctl knows no such flags
  const bump = isOld ? '' : ' --bump-revision 1000000000 --mark-compacted'
  return [
    `${tool} snapshot status ${fileName} --write-out=table`,
    `${tool} snapshot restore ${fileName} --data-dir NEW${bump}`,
  ]
}
