import { existsSync, readFileSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { StartRefused } from '@etcdmonitor/core/errors'
import type { RandomBytes } from '@etcdmonitor/core/time'
import { whyRefused } from './file-errors.ts'
import { createDurably, isCode, replaceDurably } from './write-durably.ts'

const MIN_CONFIGURED = 12

/** What the first start reads and leaves in the data folder (security.md 6). */
export interface FirstStartFiles {
  /** From `auth.initial_admin_password_file`; then no file is written. */
  readonly configuredPassword: string | undefined
  /** The file that has the first password, for people. */
  readonly passwordFile: string
  publishPassword(password: string): Promise<void>
  /** Nothing happens when there is none. */
  discardPassword(): Promise<void>
  /** Some start has had an account. */
  isInitialized(): boolean
  markInitialized(): Promise<void>
}

/** @throws StartRefused when the configured password file cannot be used */
export function firstStartFiles(
  dataDir: string,
  { configured, random }: { /** `""` = none. */ readonly configured: string; readonly random: RandomBytes },
): FirstStartFiles {
  const ours = join(dataDir, 'initial-admin-password')
  const marker = join(dataDir, 'initialized')
  const mark = () => Buffer.from(random(8)).toString('hex')
  return {
    configuredPassword: configured === '' ? undefined : readConfigured(configured),
    passwordFile: configured || ours,
    publishPassword: (password) => replaceDurably({ file: ours, content: `${password}\n`, mark: mark() }),
    async discardPassword() {
      try {
        await unlink(ours)
      } catch (error) {
        if (!isCode(error, 'ENOENT')) throw error
      }
    },
    isInitialized: () => existsSync(marker),
    async markInitialized() {
      await createDurably({ file: marker, content: 'state.db has had accounts\n', mark: mark() })
    },
  }
}

function readConfigured(file: string): string {
  const path = 'auth.initial_admin_password_file'
  try {
    const password = readFileSync(file, 'utf8').replace(/\r?\n$/, '')
    if ([...password].length >= MIN_CONFIGURED) return password
  } catch (error) {
    throw new StartRefused(
      [`${path}: ${whyRefused(error)}; wanted a file with the first password; got ${JSON.stringify(file)}`],
      {
        cause: error,
      },
    )
  }
  throw new StartRefused([
    `${path}: holds fewer than ${MIN_CONFIGURED} characters; got ${JSON.stringify(file)}`,
  ])
}
