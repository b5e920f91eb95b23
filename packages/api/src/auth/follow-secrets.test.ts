import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from '@etcdmonitor/adapters/node/random'
import { openSecretFile, readSecretFile } from '@etcdmonitor/adapters/node/secret-file'
import { type ManualClock, manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type LogLine, recordingLog } from '../api-rig.contract.ts'
import { followSecrets } from './follow-secrets.ts'
import { createLiveKeyRing, deriveKeyRing, type LiveKeyRing } from './key-ring.ts'

const line = (byte: number) =>
  Buffer.from(Uint8Array.from({ length: 32 }, (_, at) => byte + at)).toString('base64url')
const kidOf = async (byte: number) =>
  (await deriveKeyRing([Uint8Array.from({ length: 32 }, (_, at) => byte + at)])).signing.kid

let folder: string
let file: string
let keys: LiveKeyRing
let clock: ManualClock
let lines: LogLine[]
let following: Promise<void>
let stop: AbortController

const write = (...keyLines: readonly string[]) => writeFileSync(file, keyLines.join('\n'), { mode: 0o600 })

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-follow-'))
  file = join(folder, 'secret')
  write(line(1))
  const place = { file, isOurs: true, isShared: false, random: randomBytes }
  const secrets = await openSecretFile(place)
  keys = createLiveKeyRing(await deriveKeyRing(secrets))
  clock = manualClock()
  lines = []
  stop = new AbortController()
  const read = vi.fn(() => readSecretFile(place))
  following = followSecrets({ keys, secrets, file, read, clock, log: recordingLog(lines) }, stop.signal)
})
afterEach(async () => {
  stop.abort()
  await following
  rmSync(folder, { recursive: true })
})

const signing = () => keys.signing.kid
const told = (event: string) => lines.filter((one) => one.event === event)

it('C8 signs with a new first line within 2 s, and verifies with the old one as long as it is there', async () => {
  const [old, fresh] = [await kidOf(1), await kidOf(2)]
  write(line(2), line(1))
  await clock.advance(2_000)
  await expect.poll(signing).toBe(fresh)
  expect(keys.find(old)?.kid).toBe(old)
  write(line(2))
  await clock.advance(2_000)
  await expect.poll(() => keys.find(old)).toBeUndefined()
  expect(told('secret_file_read').map(({ fields }) => fields)).toEqual([
    { keys: 2, signing: fresh },
    { keys: 1, signing: fresh },
  ])
})

it('keeps its keys while the file is as it was', async () => {
  const { signing: before } = keys
  await clock.advance(10_000)
  expect(keys.signing).toBe(before)
  expect(lines).toEqual([])
})

it.each([
  ['is gone', () => rmSync(file), /does not exist/],
  ['holds a short key', () => write('c2hvcnQ'), /line 1 is a key of 5 bytes/],
  ['holds no text of keys', () => write('#', '{}'), /line 2 is/],
])('C8 changes nothing when the file %s, and says so every minute', async (_, spoil, why) => {
  spoil()
  await clock.advance(121_000)
  expect(signing()).toBe(await kidOf(1))
  expect(keys.isOrphaned).toBe(false)
  expect(told('secret_file_unusable').map(({ level, fields }) => [level, fields.message])).toEqual(
    Array(2).fill(['error', expect.stringMatching(why)]),
  )
  write(line(2))
  await clock.advance(2_000)
  await expect.poll(signing).toBe(await kidOf(2))
})

it('C8 goes on with the last key when the file holds none, is orphaned, and takes the same key again', async () => {
  write('# the only one was removed')
  await clock.advance(2_000)
  expect([keys.isOrphaned, signing()]).toEqual([true, await kidOf(1)])
  expect(told('secret_file_unusable')[0]?.fields.message).toBe(
    `${file}: holds no key; the old key is still in use, put a new one in its place`,
  )
  write(line(1))
  await clock.advance(2_000)
  await expect.poll(() => keys.isOrphaned).toBe(false)
  expect(signing()).toBe(await kidOf(1))
})
