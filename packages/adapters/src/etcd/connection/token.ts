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
  readonly heard: HeardOfAuth
}

/** etcd told whether it wants to know who calls. */
export type HeardOfAuth = (isOn: boolean) => void

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
  /** `undefined`: no token is needed. One older than `maxAge` ms is renewed. @throws EtcdCallError of the login */
  get(maxAge?: number): Promise<string | undefined>
  /** What was refused may be tried again at once: other certificates are shown now. */
  forgive(): void
  /** The newest, whatever its age. */
  held(): string | undefined
  /** etcd refused this token, or the lack of one: the next `get` logs in again. */
  refused(token: string | undefined): void
}

export function createToken({ clock, login, heard }: TokenOptions): Token {
  let held: string | undefined
  let heldSince = 0
  let running: Promise<string | undefined> | undefined
  let disabledUntil = Number.NEGATIVE_INFINITY
  let failed: { readonly error: unknown; readonly until: number } | undefined

  async function logIn(): Promise<string | undefined> {
    try {
      held = await login()
      heldSince = clock.monotonic()
      heard(true)
      return held
    } catch (error) {
      if (isAuthOff(error)) {
        heard(false)
        disabledUntil = clock.monotonic() + DISABLED_WAIT
        return undefined
      }
      // only etcd's verdict is remembered: a lost connection says nothing of the password
      if (isRefusal(error)) failed = { error, until: clock.monotonic() + FAILED_WAIT }
      throw error
    }
  }

  return {
    async get(maxAge = Number.POSITIVE_INFINITY) {
      if (held !== undefined && clock.monotonic() - heldSince <= maxAge) return held
      if (clock.monotonic() < disabledUntil) return undefined
      if (failed && clock.monotonic() < failed.until) throw failed.error
      running ??= logIn().finally(() => {
        running = undefined
      })
      return running
    },
    forgive() {
      failed = undefined
    },
    held: () => held,
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
