import { accessSync, constants, lstatSync, mkdtempSync, rmdirSync, statfsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { whoWeAre, whyRefused } from './file-errors.ts'

/** f_type of statfs(2) where SQLite's locks and shared memory cannot be trusted. */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0x00c36400, 'CephFS'],
  [0x5346414f, 'AFS'],
  [0x0bd00bd0, 'Lustre'],
  [0x19830326, 'BeeGFS'],
])

/**
 * The problem with the data folder, if it cannot be used. A folder that is missing is judged by the nearest one above it.
 * Where it exists, writing is tried: rights alone do not tell of a full or a read-only file system.
 */
export function checkDataDir(folder: string, typeOf = fileSystemType): readonly string[] {
  const fault = findFault(resolve(folder), typeOf)
  if (fault === undefined) return []
  const wanted = `wanted a folder on a local file system that ${whoWeAre()} may write (give it to that user, or name another)`
  return [`storage.data_dir: ${fault}; ${wanted}; got ${JSON.stringify(folder)}`]
}

const fileSystemType = (path: string): number => statfsSync(path).type

function findFault(whole: string, typeOf: typeof fileSystemType): string | undefined {
  let at = whole
  try {
    while (!statSync(at, { throwIfNoEntry: false }) && at !== dirname(at)) {
      if (isLink(at)) return `${shown(at, whole)}is a link to what does not exist`
      at = dirname(at)
    }
    if (!statSync(at).isDirectory()) return `${shown(at, whole)}is no folder`
    const network = NETWORK_FILE_SYSTEMS.get(typeOf(at))
    if (network !== undefined) return `${shown(at, whole)}lies on a network file system (${network})`
    tryToWrite(at, at === whole)
    return undefined
  } catch (error) {
    return `${shown(at, whole)}${whyRefused(error)}${owner(at)}`
  }
}

/** Below a file there is no entry either, which lstat says by an error, unlike stat. */
function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink()
  } catch {
    return false
  }
}

function tryToWrite(folder: string, exists: boolean): void {
  accessSync(folder, constants.W_OK | constants.X_OK)
  if (!exists) return // nothing of ours is left in a folder that is not ours
  const probe = mkdtempSync(join(folder, '.write-test-'))
  rmdirSync(probe)
}

const shown = (at: string, whole: string) => (at === whole ? '' : `${at} `)

function owner(path: string): string {
  try {
    const { uid, mode } = statSync(path)
    return `, owner uid ${uid}, mode ${(mode & 0o7777).toString(8)}`
  } catch {
    return '' // the parent is closed to us
  }
}
