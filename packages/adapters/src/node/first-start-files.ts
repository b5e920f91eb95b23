import { existsSync, readFileSync } from 'node:fs'
import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { MAX_PASSWORD_BYTES } from '@etcdmonitor/core/accounts/password-rules'
import { StartRefused } from '@etcdmonitor/core/errors'
import type { RandomBytes } from '@etcdmonitor/core/time'
import { whyRefused } from './file-errors.ts'
import { createDurably, isCode, replaceDurably } from './write-durably.ts'

const MIN_CONFIGURED = 12

/** What the first start reads and leaves in the data folder (security.md 6). */
export interface FirstStartFiles {
  /** What `auth.initial_admin_password_file` holds; undefined when it is `""`. @throws StartRefused when it cannot be used */
  readConfiguredPassword(): string | undefined
  /** The file that has the first password, for people. */
  readonly passwordFile: string
  publishPassword(password: string): Promise<void>
  /** False: there was none. */
  discardPassword(): Promise<boolean>
  /** The file that says that some start has had an account, for people. */
  readonly marker: string
  isInitialized(): boolean
  markInitialized(): Promise<void>
}

export function firstStartFiles(
  dataDir: string,
  { configured, random }: { /** `""` = none. */ readonly configured: string; readonly random: RandomBytes },
): FirstStartFiles {
  const ours = join(dataDir, 'initial-admin-password')
  const marker = join(dataDir, 'initialized')
  const mark = () => Buffer.from(random(8)).toString('hex')
  return {
    readConfiguredPassword: () => (configured === '' ? undefined : readConfigured(configured)),
    passwordFile: configured || ours,
    publishPassword: (password) => replaceDurably({ file: ours, content: `${password}\n`, mark: mark() }),
    async discardPassword() {
      try {
        await unlink(ours)
        return true
      } catch (error) {
        if (isCode(error, 'ENOENT')) return false
        throw error
      }
    },
    marker,
    isInitialized: () => existsSync(marker),
    async markInitialized() {
      await createDurably({ file: marker, content: 'state.db has had accounts\n', mark: mark() })
    },
  }
}

function readConfigured(file: string): string {
  const refuse = (reason: string, cause?: unknown): never => {
    const problem = `auth.initial_admin_password_file: ${reason}; wanted a file with the first password; got ${JSON.stringify(file)}`
    throw new StartRefused([problem], { cause })
  }
  try {
    const bytes = readFileSync(file)
    const password = toText(bytes).replace(/\r?\n$/, '')
    if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES)
      return refuse(`holds more than ${MAX_PASSWORD_BYTES} bytes`)
    if ([...password].length < MIN_CONFIGURED) return refuse(`holds fewer than ${MIN_CONFIGURED} characters`)
    return password
  } catch (error) {
    if (error instanceof StartRefused) throw error
    return refuse(error instanceof TypeError ? 'is no UTF-8' : whyRefused(error), error)
  }
}

/** As a browser will send it: a replaced byte, or a mark that was dropped, would make a password nobody can type. */
const toText = (bytes: Uint8Array): string =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
