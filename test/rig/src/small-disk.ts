import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system of its own, which is gone when it is disposed of. */
export interface SmallDisk extends Disposable {
  readonly path: string
  /** Takes all room that is left, by a file of this name. */
  fill(name: string): void
  /** Gives that room back. */
  free(name: string): void
}

const asRoot = (command: string, ...args: readonly string[]) =>
  execFileSync(command, args, { stdio: 'ignore' })

/** In memory. Undefined where this user may not. */
export function mountSmallDisk(mib: number): SmallDisk | undefined {
  const path = mkdtempSync(join(tmpdir(), 'etcdmonitor-small-'))
  try {
    asRoot('mount', '-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', path)
  } catch {
    rmSync(path, { recursive: true })
    return undefined
  }
  return {
    path,
    fill: (name) => writeFileSync(join(path, name), new Uint8Array(roomOn(path))),
    free: (name) => rmSync(join(path, name)),
    [Symbol.dispose]() {
      asRoot('umount', '-l', path)
      rmSync(path, { recursive: true })
    },
  }
}

/** Bytes. */
export function roomOn(path: string): number {
  const { bavail, bsize } = statfsSync(path)
  return bavail * bsize
}
