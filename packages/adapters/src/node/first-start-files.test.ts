import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartRefused } from '@etcdmonitor/core/errors'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { firstStartFiles } from './first-start-files.ts'
import { randomBytes } from './random.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-first-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (configured = '') => firstStartFiles(folder, { configured, random: randomBytes })

it('C33 writes the password, for its owner alone, in the place of an older one', async () => {
  const before = process.umask(0)
  try {
    const files = open()
    await files.publishPassword('older')
    await files.publishPassword('newer')
    expect(files.passwordFile).toBe(join(folder, 'initial-admin-password'))
    expect(readFileSync(files.passwordFile, 'utf8')).toBe('newer\n')
    expect(statSync(files.passwordFile).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['initial-admin-password'])
  } finally {
    process.umask(before)
  }
})

it('deletes the password, and does not mind when there is none', async () => {
  const files = open()
  await files.publishPassword('x')
  expect(await files.discardPassword()).toBe(true)
  expect(await files.discardPassword()).toBe(false)
  expect(readdirSync(folder)).toEqual([])
})

it('rejects when the password cannot be deleted', async () => {
  mkdirSync(join(folder, 'initial-admin-password'))
  await expect(open().discardPassword()).rejects.toThrow()
})

it('marks that there were accounts, as often as it is told', async () => {
  const files = open()
  expect(files.isInitialized()).toBe(false)
  await files.markInitialized()
  await files.markInitialized()
  expect(open().isInitialized()).toBe(true)
  expect(readdirSync(folder)).toEqual(['initialized'])
})

it('takes a configured password without its last newline', () => {
  const file = join(folder, 'mounted')
  writeFileSync(file, ' twelve chars\n\n')
  const files = open(file)
  expect(files.readConfiguredPassword()).toBe(' twelve chars\n')
  expect(files.passwordFile).toBe(file)
  expect(open().readConfiguredPassword()).toBeUndefined()
})

it('F28 refuses a configured password that nobody could use, when it is needed', () => {
  const file = join(folder, 'mounted')
  const read = (content: string | Uint8Array) => {
    writeFileSync(file, content)
    return open(file).readConfiguredPassword()
  }
  expect(() => read('eleven char\n')).toThrow(/: holds fewer than 12 characters; wanted .*; got ".*mounted"$/)
  expect(() => read('eleven char\n')).toThrow(StartRefused)
  expect(read('é'.repeat(512))).toHaveLength(512)
  expect(() => read('é'.repeat(513))).toThrow(/: holds more than 1024 bytes; wanted/)
  expect(() => read(Buffer.from('twelve chars\xff', 'latin1'))).toThrow(/: is no UTF-8; wanted/)
  expect(read('\ufefftwelve chars')).toBe('\ufefftwelve chars')
  expect(() => open(join(folder, 'none')).readConfiguredPassword()).toThrow(
    /^auth\.initial_admin_password_file: does not exist; wanted a file with the first password/,
  )
})
