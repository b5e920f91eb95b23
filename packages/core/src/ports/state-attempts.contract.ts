import { anEvent } from './audit-entries.contract.ts'
import type { Accounts, LockPolicy, LoginGuard, StateStore } from './state-store.ts'

/** So many failures that no test of other things meets a lock. */
const PATIENT: LockPolicy = { threshold: 100_000, durationSeconds: 900 }

/** As it is by default. */
export const POLICY: LockPolicy = { threshold: 5, durationSeconds: 900 }

/** Locks the name `locked`, and has as many attempts at `full` going on as are allowed. */
export async function lockAndFill(guard: LoginGuard): Promise<void> {
  for (let attempt = 0; attempt < POLICY.threshold; attempt += 1) {
    const reservation = await guard.reserve('locked', POLICY)
    if (reservation.kind === 'granted') await guard.settle(reservation.id, 'wrong', POLICY)
    await guard.reserve('full', POLICY)
  }
}

/** A granted reservation of the name. */
export async function grant(store: Pick<StateStore, 'guard'>, name = 'admin'): Promise<string> {
  const reservation = await store.guard.reserve(name, PATIENT)
  if (reservation.kind !== 'granted') throw new Error(`not granted but ${reservation.kind}`)
  return reservation.id
}

type Store = Pick<StateStore, 'guard' | 'accounts'>
type Input<M extends 'signIn' | 'changePassword'> = Omit<
  Parameters<Accounts[M]>[0],
  'reservationId' | 'audit'
>

/** `Accounts.signIn` with a reservation of its own; a stale attempt is settled as wrong. */
export async function attemptSignIn(store: Store, input: Input<'signIn'>) {
  const reservationId = await grant(store)
  const outcome = await store.accounts.signIn({ ...input, reservationId, audit: anEvent() })
  if (outcome === 'stale') await store.guard.settle(reservationId, 'wrong', PATIENT)
  return outcome
}

/** The same for `Accounts.changePassword`. */
export async function attemptChange(store: Store, input: Input<'changePassword'>) {
  const reservationId = await grant(store)
  const outcome = await store.accounts.changePassword({ ...input, reservationId, audit: anEvent() })
  if (outcome === 'stale') await store.guard.settle(reservationId, 'wrong', PATIENT)
  return outcome
}
