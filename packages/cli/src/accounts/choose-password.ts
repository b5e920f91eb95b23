import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import { argon2PasswordHasher } from '@etcdmonitor/adapters/argon2/password-hasher'
import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes as random } from '@etcdmonitor/adapters/node/random'
import { drawPassword } from '@etcdmonitor/core/accounts/first-password'
import { judgePassword, MAX_PASSWORD_BYTES } from '@etcdmonitor/core/accounts/password-rules'
import type { Config } from '@etcdmonitor/core/config/config-schema'
import type { AccountName } from '@etcdmonitor/core/ports/state-store'
import { CommandFailed } from '../command-failed.ts'
import { UsageError } from '../command-line.ts'
import { findTerminal, type Terminal, withSecrets } from './ask-secret.ts'

const MAX_TRIES = 3

export interface Choice {
  readonly username: AccountName
  readonly config: Pick<Config, 'auth'>
  /** Drawn instead of asked for. */
  readonly generate: boolean
}

export interface ChosenPassword {
  /** PHC string. */
  readonly hash: string
  /** To be shown once; absent when a person typed it. */
  readonly drawn?: string
}

/**
 * A password for somebody else to change at the first sign-in: drawn, or typed twice at the terminal and judged by the rules.
 * @throws UsageError when there is no terminal; CommandFailed
 */
export async function choosePassword({ username, config, generate }: Choice): Promise<ChosenPassword> {
  if (generate) {
    const drawn = drawPassword(random)
    return { drawn, hash: await hash(drawn) }
  }
  const terminal = findTerminal()
  if (!terminal)
    throw new UsageError('a password is typed at a terminal alone, not piped; else use --generate')
  return { hash: await hash(await askPassword(terminal, { username, config })) }
}

/** Shows a drawn password: it alone on standard output. */
export function showPassword({ drawn }: ChosenPassword, username: AccountName): void {
  if (drawn === undefined) return
  console.error(`the password of ${username}, to be changed at the first sign-in:`)
  console.log(drawn)
}

const askPassword = (terminal: Terminal, choice: Omit<Choice, 'generate'>): Promise<string> =>
  withSecrets(terminal, async (ask) => {
    const judge = createJudge(choice)
    for (let left = MAX_TRIES; ; left -= 1) {
      const password = await ask(`new password of ${choice.username}: `)
      const fault =
        judge(password) ?? ((await ask('once more: ')) === password ? undefined : 'the two are not the same')
      if (fault === undefined) return password
      if (left === 1) throw new CommandFailed(`${fault}; nothing was changed`)
      console.error(fault)
    }
  })

function createJudge({ username, config: { auth } }: Omit<Choice, 'generate'>) {
  const rules = {
    minLength: auth.min_password_length,
    common: new Set(readFileSync(commonPasswords(), 'utf8').trimEnd().split('\n')),
    names: [username, hostname()],
  }
  return (password: string): string | undefined => {
    if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES)
      return `it has more than ${MAX_PASSWORD_BYTES} bytes`
    const fault = judgePassword(password, rules)
    if (fault === undefined) return undefined
    return fault === 'too_short'
      ? `it needs at least ${rules.minLength} characters`
      : 'it is a common one, or little more than the names of account, host and product'
  }
}

const commonPasswords = () => fileURLToPath(import.meta.resolve('@etcdmonitor/api/common-passwords'))

const hash = (password: string): Promise<string> =>
  argon2PasswordHasher({ clock, random }).withSlot('', (slot) =>
    slot.hash(new TextEncoder().encode(password)),
  )
