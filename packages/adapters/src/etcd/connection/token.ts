import type { Clock } from '@etcdmonitor/core/time'
import { EtcdCallError } from './call-error.ts'

/** etcd spends about 80 ms of bcrypt on each login: after a failed one the next waits so long. */
const FAILED_WAIT = 10_000
/** So long no login is tried when etcd said that authentication is off. */
const DISABLED_WAIT = 60_000

export interface TokenOptions {
  readonly clock: Pick<Clock, 'monotonic'>
  /** One `Authenticate` call. @throws EtcdCallError */
  readonly login: () => Promise<string>
}

/**
 * The token of one member: simple tokens live only in the member that issued them.
 *
 * | state     | entered by                              | left by                        |
 * |-----------|-----------------------------------------|--------------------------------|
 * | none      | start, `refused`                        | the next `get` logs in         |
 * | logging in| `get` in none                           | the answer; all callers share  |
 * | held      | a login                                 | `refused` with this token      |
 * | disabled  | "authentication is not enabled"         | 60 s, or `refused`             |
 * | failed    | a login that failed                     | 10 s; meanwhile the same error |
 */
export interface Token {
  /** `undefined`: no token is needed. @throws EtcdCallError of the login */
  get(): Promise<string | undefined>
  /** etcd refused this token, or the lack of one: the next `get` logs in again. */
  refused(token: string | undefined): void
}

export function createToken({ clock, login }: TokenOptions): Token {
  let held: string | undefined
  let running: Promise<string | undefined> | undefined
  let disabledUntil = Number.NEGATIVE_INFINITY
  let failed: { readonly error: unknown; readonly until: number } | undefined

  async function logIn(): Promise<string | undefined> {
    try {
      held = await login()
      return held
    } catch (error) {
      if (isAuthOff(error)) {
        disabledUntil = clock.monotonic() + DISABLED_WAIT
        return undefined
      }
      // only etcd's verdict is remembered: a lost connection says nothing of the password
      if (isRefusal(error)) failed = { error, until: clock.monotonic() + FAILED_WAIT }
      throw error
    }
  }

  return {
    async get() {
      if (held !== undefined) return held
      if (clock.monotonic() < disabledUntil) return undefined
      if (failed && clock.monotonic() < failed.until) throw failed.error
      running ??= logIn().finally(() => {
        running = undefined
      })
      return running
    },
    refused(token) {
      if (token === held) held = undefined
      if (token === undefined) disabledUntil = Number.NEGATIVE_INFINITY
    },
  }
}

const isAuthOff = (error: unknown): boolean =>
  error instanceof EtcdCallError && /authentication is not enabled/i.test(error.failure.message)

const isRefusal = (error: unknown): boolean =>
  error instanceof EtcdCallError && error.failure.stage === 'auth'
