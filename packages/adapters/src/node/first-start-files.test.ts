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
  await files.discardPassword()
  await files.discardPassword()
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
  expect(files.configuredPassword).toBe(' twelve chars\n')
  expect(files.passwordFile).toBe(file)
  expect(open().configuredPassword).toBeUndefined()
})

it('F28 refuses a configured password that is short, or cannot be read', () => {
  const file = join(folder, 'mounted')
  writeFileSync(file, 'eleven char\n')
  expect(() => open(file)).toThrow(/holds fewer than 12 characters; got ".*mounted"$/)
  expect(() => open(file)).toThrow(StartRefused)
  expect(() => open(join(folder, 'none'))).toThrow(
    /^auth\.initial_admin_password_file: does not exist; wanted a file with the first password/,
  )
})
