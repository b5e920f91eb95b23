import type { LockPolicy, Reservation } from '@etcdmonitor/core/ports/state-store'
import type { LoginGuardRow } from './state-tables.ts'

/** A reservation that is older, or lies so far ahead, was left by a process that died, or by a clock that stepped back. */
export const LONGEST_ATTEMPT = 10_000

/** Rules 2 to 4 of security.md 3: the guard as it is to be stored, and the answer where they give one. */
export function judgeLock(
  guard: LoginGuardRow,
  { threshold, durationSeconds }: LockPolicy,
  at: number,
): { readonly guard: LoginGuardRow; readonly answer?: Reservation } {
  const longest = at + durationSeconds * 1_000
  if (guard.locked_until > at) {
    if (guard.locked_until <= longest) return { guard, answer: locked(guard.locked_until - at) }
    return { guard: { ...guard, locked_until: longest }, answer: locked(longest - at) } // the clock stepped back
  }
  if (guard.locked_until > 0) return { guard: { ...guard, failed: 0, locked_until: 0 } }
  if (guard.failed < threshold) return { guard }
  return { guard: { ...guard, locked_until: longest }, answer: { ...locked(longest - at), begins: true } }
}

const locked = (ms: number) => ({ kind: 'locked' as const, retryAfterSeconds: Math.ceil(ms / 1_000) })
