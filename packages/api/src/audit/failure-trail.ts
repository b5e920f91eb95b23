import type { AuditEvent } from '@etcdmonitor/core/audit/audit-event'
import { AppError } from '@etcdmonitor/core/errors'
import { makeUlid } from '@etcdmonitor/core/ulid'
import type { ApiDeps } from '../deps.ts'
import { type AuditedAct, type Caller, toIntent } from './audit-subject.ts'

/** Equal failures of a minute are one row. */
const MERGED_FOR = 60_000
const MAX_TRAILS = 1_000
const OTHERS = { username: 'others', address: '', requestId: '' }

export interface Failure {
  readonly caller: Caller
  readonly act: AuditedAct
  /** Code of the answer, or what happened. */
  readonly code: string
}

/** Failures of one operation, name and address. */
interface Trail {
  latest: Failure
  /** How many of each code are not written yet. */
  readonly unwritten: Map<string, number>
  /** When the first and the newest of these were, Unix ms. */
  from: number
  to: number
}

interface Merged {
  readonly counts: ReadonlyMap<string, number>
  readonly from: number
  readonly to: number
}

/** Writes failures that strangers can cause at will (security.md 8, flood). */
export interface FailureTrail extends AsyncDisposable {
  /**
   * The first of an operation, name and address is written at once, those that follow within a minute of it, or of each other, as one row
   * a minute. Never rejects: the failure stands.
   */
  add(failure: Failure): Promise<void>
}

/** Disposing writes what is merged so far. */
export function createFailureTrail(deps: Pick<ApiDeps, 'state' | 'clock' | 'random' | 'log'>): FailureTrail {
  const { state, clock, log } = deps
  const trails = new Map<string, Trail>()
  const following = new Set<Promise<void>>()
  const stop = new AbortController()

  async function write(failure: Failure, merged: Merged): Promise<void> {
    const event = toEvent(deps, failure, merged)
    try {
      await state.audit.event(event)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      const { operation, username, count } = event
      log.error('audit_event_lost', { operation, username, code: failure.code, count, error })
    }
  }

  /** Until a minute without a failure. */
  async function follow(key: string, trail: Trail): Promise<void> {
    for (;;) {
      await clock.sleep(MERGED_FOR, stop.signal)
      if (trail.unwritten.size === 0) break
      const merged = { counts: new Map(trail.unwritten), from: trail.from, to: trail.to }
      trail.unwritten.clear()
      await write(trail.latest, merged)
    }
    trails.delete(key)
  }

  function begin(key: string, failure: Failure): Promise<void> {
    const now = clock.now()
    const trail = { latest: failure, unwritten: new Map<string, number>(), from: now, to: now }
    trails.set(key, trail)
    const followed = follow(key, trail).catch((error) => log.error('audit_event_lost', { error }))
    following.add(followed)
    void followed.then(() => following.delete(followed))
    return write(failure, { counts: new Map([[failure.code, 1]]), from: now, to: now })
  }

  return {
    async add(failure) {
      const key = keyOf(failure)
      const isOther = !trails.has(key) && trails.size >= MAX_TRAILS
      const added = isOther ? { ...failure, caller: OTHERS } : failure
      const known = trails.get(keyOf(added))
      if (!known) return begin(keyOf(added), added)
      known.to = clock.now()
      if (known.unwritten.size === 0) known.from = known.to
      known.latest = added
      known.unwritten.set(added.code, (known.unwritten.get(added.code) ?? 0) + 1)
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await Promise.all(following)
    },
  }
}

const keyOf = ({ act: { operation }, caller: { username, address } }: Failure): string =>
  JSON.stringify([operation, username, address])

/**
 * One row for failures of several codes has the most frequent one, and says in its params how many each had. A row for several is written
 * after them: its params say when the first and the last of them were, Unix s.
 */
function toEvent(
  { clock, random }: Pick<ApiDeps, 'clock' | 'random'>,
  { caller, act }: Failure,
  { counts, from, to }: Merged,
): AuditEvent {
  const byCount = [...counts].toSorted(([, a], [, b]) => b - a)
  const [[code] = ['']] = byCount
  const count = byCount.reduce((sum, [, each]) => sum + each, 0)
  const params = {
    ...act.params,
    ...(byCount.length > 1 && { counts: Object.fromEntries(byCount) }),
    ...(count > 1 && { first_at: Math.floor(from / 1_000), last_at: Math.floor(to / 1_000) }),
  }
  return {
    ...toIntent(makeUlid(clock.now(), random), caller, { ...act, params }),
    class: 'failure',
    verdict: 'failed',
    code,
    message: code,
    durationMs: 0,
    count,
  }
}
