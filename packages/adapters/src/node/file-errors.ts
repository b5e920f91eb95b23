const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'is closed to this user',
  EPERM: 'is closed to this user',
  EISDIR: 'is a folder',
  ENOTDIR: 'has a file where a folder is needed',
  EROFS: 'lies on a read-only file system',
  ENOSPC: 'lies on a full file system',
  EDQUOT: 'is over its quota',
}

/** What the system said of a file, in words, bounded. */
export function whyRefused(error: unknown): string {
  if (!(error instanceof Error)) return 'cannot be used'
  const { code = '' } = error as NodeJS.ErrnoException // absent in errors of other kinds
  return REASONS[code] ?? error.message.split('\n', 1).join().slice(0, 200)
}

/** For messages about rights: who this process is. */
export const whoWeAre = (): string => `uid ${process.getuid?.()}`
