import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { checkDataDir } from './data-dir.ts'

const SOMEBODY = 65_532
const uid = process.getuid?.()
const wanted = (user = uid) =>
  `wanted a folder on a local file system that uid ${user} may write (give it to that user, or name another)`

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-data-'))
})
afterEach(() => {
  chmodSync(folder, 0o700)
  rmSync(folder, { recursive: true, force: true })
})

/** The check as a user for whom rights count: another one where the tests run as root. */
function checkAsSomebody(path: string): unknown {
  const module = new URL('./data-dir.ts', import.meta.url).href
  const program = `import { checkDataDir } from ${JSON.stringify(module)}
    console.log(JSON.stringify(checkDataDir(${JSON.stringify(path)})))`
  const other = uid === 0 ? { uid: SOMEBODY, gid: SOMEBODY } : {}
  const args = ['--input-type=module', '--eval', program]
  return JSON.parse(execFileSync(process.execPath, args, { ...other, encoding: 'utf8' }))
}

it('takes a folder that can be written, and one that can be made, and leaves nothing behind', () => {
  expect(checkDataDir(folder)).toEqual([])
  expect(checkDataDir(join(folder, 'a', 'b'))).toEqual([])
  expect(readdirSync(folder)).toEqual([])
})

it('D2 refuses a file in its place, or above it', () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  expect(checkDataDir(file)).toEqual([`storage.data_dir: is no folder; ${wanted()}; got "${file}"`])
  expect(checkDataDir(`${file}/x`)).toEqual([
    `storage.data_dir: ${file} is no folder; ${wanted()}; got "${file}/x"`,
  ])
})

it('D2 refuses a link to what is not there: a disk that is not mounted', () => {
  const link = join(folder, 'link')
  symlinkSync(join(folder, 'disk', 'data'), link)
  expect(checkDataDir(link)).toEqual([
    `storage.data_dir: is a link to what does not exist; ${wanted()}; got "${link}"`,
  ])
  expect(checkDataDir(join(link, 'x'))).toEqual([
    `storage.data_dir: ${link} is a link to what does not exist; ${wanted()}; got "${link}/x"`,
  ])
})

it('D2 refuses a folder of another user with its owner and the uid of this process', () => {
  chmodSync(folder, 0o555)
  const user = uid === 0 ? SOMEBODY : uid
  expect(checkAsSomebody(folder)).toEqual([
    `storage.data_dir: is closed to this user, owner uid ${uid}, mode 555; ${wanted(user)}; got "${folder}"`,
  ])
  expect(checkAsSomebody(join(folder, 'x'))).toEqual([
    `storage.data_dir: ${folder} is closed to this user, owner uid ${uid}, mode 555; ${wanted(user)}; got "${folder}/x"`,
  ])
})

it('D2 refuses a folder below one that may not be entered', () => {
  mkdirSync(join(folder, 'x'))
  chmodSync(folder, 0o600)
  expect(checkAsSomebody(join(folder, 'x'))).toEqual([
    expect.stringMatching(/^storage\.data_dir: is closed to this user; wanted a folder/),
  ])
})

it.each([
  ['NFS', 0x6969],
  ['CIFS', 0xff534d42],
  ['CephFS', 0x00c36400],
])('D2 refuses a folder on %s', (name, type) => {
  expect(checkDataDir(folder, () => type)).toEqual([
    `storage.data_dir: lies on a network file system (${name}); ${wanted()}; got "${folder}"`,
  ])
})
