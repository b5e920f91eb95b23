import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cacheFolder, withCacheLock } from './cache.ts'
import { hasApt, unpackPackage } from './debian.ts'
import type { Ensured } from './servers.ts'

const PACKAGE = 'libfaketime'
const LIBRARY = 'usr/lib/*/faketime/libfaketime.so.1'

/** The library that gives a process another wall clock: an installed one, else Debian's package, unpacked. Never throws. */
async function ensureFakeTime(): Promise<Ensured> {
  const found = findLibrary()
  if (found !== undefined) return { path: found }
  if (!hasApt()) return { missing: `${PACKAGE}: not found, and this is no Debian` }
  try {
    mkdirSync(cacheFolder(), { recursive: true })
    await withCacheLock(PACKAGE, async () => findLibrary() ?? (await unpackPackage(PACKAGE)))
  } catch (error) {
    return { missing: `${PACKAGE}: ${error instanceof Error ? error.message : String(error)}` }
  }
  const path = findLibrary()
  return path === undefined ? { missing: `${PACKAGE}: the package has no such library` } : { path }
}

const findLibrary = (): string | undefined =>
  ['/', join(cacheFolder(), PACKAGE)].flatMap((root) => globSync(join(root, LIBRARY)))[0]

/** The library, or the end of the test: skipped with the reason, failed when `CI` is `true`. */
export async function needFakeTime(skip: (reason: string) => never): Promise<string> {
  const found = await ensureFakeTime()
  if ('path' in found) return found.path
  if (process.env.CI === 'true') throw new Error(found.missing)
  return skip(found.missing)
}

export interface FakeClock extends Disposable {
  /** For the environment of the processes whose wall clock it is. */
  readonly env: Readonly<Record<string, string>>
  /** Sets the wall clock so many seconds before or after the real one; monotonic time and timers stay real. */
  set(seconds: number): void
}

/** A wall clock for processes, at the real time; `library` as `needFakeTime` found it. */
export function openFakeClock(library: string): FakeClock {
  const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-clock-'))
  const file = join(folder, 'offset')
  const set = (seconds: number) => writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}\n`)
  set(0)
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    set,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
}
