import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartRefused } from '@etcdmonitor/core/errors'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { randomBytes } from './random.ts'
import { openSecretFile } from './secret-file.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-secret-'))
  file = join(folder, 'data', 'secret')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (isOurs = true, isShared = false) =>
  openSecretFile({ file, isOurs, isShared, random: randomBytes })
const key = (byte: number, length = 32) =>
  Buffer.from(Uint8Array.from({ length }, (_, index) => byte + index)).toString('base64url')

function write(text: string, mode = 0o600): void {
  file = join(folder, 'secret')
  writeFileSync(file, text)
  chmodSync(file, mode)
}

it('makes none of its own where several hosts share one', async () => {
  await expect(open(false, true)).rejects.toThrow(`${file}: does not exist; wanted the secret file`)
  expect(readdirSync(folder)).toEqual([])
  write(key(1))
  expect(await open(false, true)).toHaveLength(1)
})

it('C33 makes a file with one key for its owner alone, under umask 000, and takes it the next time', async () => {
  const before = process.umask(0)
  try {
    const [made] = await open()
    expect(made).toHaveLength(32)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700)
    expect(await open()).toEqual([made])
    expect(readdirSync(join(folder, 'data'))).toEqual(['secret'])
  } finally {
    process.umask(before)
  }
})

it('C10 makes one file when ten processes start at once', async () => {
  const opened = await Promise.all(Array.from({ length: 10 }, () => open()))
  expect(new Set(opened.map((keys) => keys.map((one) => Buffer.from(one).toString('hex')).join())).size).toBe(
    1,
  )
  expect(readdirSync(join(folder, 'data'))).toEqual(['secret'])
})

it('reads keys in their order, past comments, blank lines and padding', async () => {
  write(`# newest first\n${key(9)}=\n\n  ${key(1, 48)}  \r\n`)
  expect((await open()).map((one) => [one.length, one[0]])).toEqual([
    [32, 9],
    [48, 1],
  ])
})

// biome-ignore format: one case a line
it.each([
  ['no key', '# nothing\n', /secret: holds no key; wanted a key as of openssl rand -hex 32$/],
  ['an empty file', '', /secret: holds no key; wanted a key as of openssl rand -hex 32$/],
  ['a short key', `${key(1, 31)}\n`, /secret: line 1 is a key of 31 bytes; wanted at least 32$/],
  ['equal bytes', `# x\n${Buffer.alloc(32, 7).toString('base64url')}\n`, /secret: line 2 is a key whose bytes are all equal$/],
  ['no base64url', `${key(1)}+/\n`, /secret: line 1 is no base64url; wanted a key as of openssl rand -hex 32$/],
  ['a key twice', `${key(1)}\n${key(2)}\n${key(1)}\n`, /secret: holds a key twice$/],
  ['a key twice, once with padding', `${key(1)}\n${key(1)}=\n`, /secret: holds a key twice$/],
  ['nine keys', Array.from({ length: 9 }, (_, index) => key(index)).join('\n'), /secret: holds 9 keys; at most 8 are allowed$/],
])('F28 refuses %s, and shows none', async (_, text, reason) => {
  write(text)
  const error: unknown = await open().catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(StartRefused)
  expect(String(error)).toMatch(reason)
  for (const line of text.split('\n').filter((one) => one.length > 20)) expect(String(error)).not.toContain(line)
  expect(readFileSync(file, 'utf8')).toBe(text)
})

it.each([
  ['others may read', 0o604, false, /is open to others, mode 604; chmod 600 it/],
  ['others may write', 0o602, false, /is open to others/],
  ['the group may read ours', 0o640, true, /is open to its group, mode 640; chmod 600 it/],
])('F28 refuses a file that %s', async (_, mode, isOurs, reason) => {
  write(`${key(1)}\n`, mode)
  await expect(open(isOurs)).rejects.toThrow(reason)
})

it('takes a mounted file that its group may read', async () => {
  write(`${key(1)}\n`, 0o440)
  expect(await open(false)).toHaveLength(1)
})

it('refuses a folder in its place', async () => {
  file = folder
  await expect(open(false)).rejects.toThrow(StartRefused)
})
