import { failureIn } from '@etcdmonitor/core/etcd/fail-call'
import type { KeyRange } from '@etcdmonitor/core/keys/key-entry'
import { afterKey, mergeRanges } from '@etcdmonitor/core/keys/key-range'
import type { EtcdKeys, KeyGrants } from '@etcdmonitor/core/ports/etcd-keys'
import type { Clock } from '@etcdmonitor/core/time'
import type { CallBudget } from '../connection/call-budget.ts'
import type { KvCalls } from './kv-calls.ts'

export interface GrantsOptions {
  readonly calls: KvCalls
  readonly clock: Pick<Clock, 'monotonic'>
  /** Of `etcd.username`, else the common name of our certificate; `""`: there is none, so nothing is asked. */
  readonly user: () => string
}

export interface Grants extends Pick<EtcdKeys, 'grants'> {
  /** etcd refused a range: what is known is old. */
  forget(): void
}

interface Permission {
  readonly permType: 'Read' | 'Write' | 'Readwrite'
  readonly key: Uint8Array
  readonly range_end: Uint8Array
}

const KEEP = 30_000
const MAX_RANGES = 64
/** A role of this name may do everything. */
const ROOT = 'root'

/** What etcd lets our user do, by its own user and roles, which everybody may read (etcd.md 8.8). */
export function createGrants({ calls, clock, user }: GrantsOptions): Grants {
  let known: { readonly grants: KeyGrants | undefined; readonly until: number } | undefined
  let asking: Promise<KeyGrants | undefined> | undefined

  const ask = <T>(method: string, params: object, budget: CallBudget): Promise<T> =>
    calls.read<T>({ service: 'Auth', method, params }, budget, { linearizable: false })

  /** A user may exist while authentication is off. A login without a name tells, on every release, and costs no hashing. */
  async function isAuthOff(budget: CallBudget): Promise<boolean> {
    try {
      await ask('authenticate', { name: '', password: '' }, budget)
      return false
    } catch (error) {
      const failure = failureIn(error)
      if (!failure) throw error
      return /authentication is not enabled/i.test(failure.message)
    }
  }

  async function read(budget: CallBudget): Promise<KeyGrants | undefined> {
    if (await isAuthOff(budget)) return undefined
    const name = user()
    const { roles } = await ask<{ roles: readonly string[] }>('userGet', { name }, budget)
    if (roles.includes(ROOT)) return undefined
    const found = await Promise.all(
      roles.map((role) => ask<{ perm: readonly Permission[] }>('roleGet', { role }, budget)),
    )
    return { user: name, ...toGrants(found.flatMap(({ perm }) => perm)) }
  }

  async function readAnew(budget: CallBudget): Promise<KeyGrants | undefined> {
    try {
      const grants = await read(budget)
      known = { grants, until: clock.monotonic() + KEEP }
      return grants
    } catch (error) {
      budget.signal.throwIfAborted()
      if (failureIn(error) === undefined) throw error
      return undefined // it cannot be found out: ranges are read as asked for
    }
  }

  return {
    async grants({ deadline } = {}) {
      if (user() === '') return undefined
      if (known && clock.monotonic() < known.until) return known.grants
      // shared by all that ask now: nobody's leaving ends it
      asking ??= readAnew(calls.start(deadline === undefined ? {} : { deadline })).finally(() => {
        asking = undefined
      })
      return asking
    },
    forget() {
      known = undefined
    },
  }
}

function toGrants(permissions: readonly Permission[]): Omit<KeyGrants, 'user'> {
  const rangesOf = (without: Permission['permType']) =>
    mergeRanges(permissions.filter(({ permType }) => permType !== without).map(toRange)).slice(0, MAX_RANGES)
  return { read: rangesOf('Write'), write: rangesOf('Read') }
}

/** etcd writes one key without an end, and the end of the keyspace as a zero byte. */
function toRange({ key, range_end: end }: Permission): KeyRange {
  if (end.length === 0) return { from: key, to: afterKey(key) }
  const isOpen = end.length === 1 && end[0] === 0
  return { from: key, to: isOpen ? new Uint8Array() : end }
}
