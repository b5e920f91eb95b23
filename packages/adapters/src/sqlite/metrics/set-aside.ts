import { readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { storageUnavailable } from './metrics-errors.ts'

const MARK = '.corrupt-'

/**
 * Renames a damaged file and what lies beside it, so that a new one can begin; of such sets the newest stays. @returns its new path
 * @throws AppError `storage_unavailable`
 */
export function setAside(path: string, now: number): string {
  try {
    return moveAside(path, now)
  } catch (error) {
    throw storageUnavailable(`the metrics store is damaged, and ${path} cannot be set aside`, error)
  }
}

function moveAside(path: string, now: number): string {
  const folder = dirname(path)
  for (const name of readdirSync(folder))
    if (name.startsWith(`${basename(path)}${MARK}`)) rmSync(join(folder, name))
  const aside = `${path}${MARK}${new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '')}`
  for (const side of ['', '-wal', '-shm']) rename(`${path}${side}`, `${aside}${side}`)
  return aside
}

/** Side files may be missing. */
function rename(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}
