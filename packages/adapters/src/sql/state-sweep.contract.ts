import type { StateStore } from '@etcdmonitor/core/ports/state-store'
import type { Clock } from '@etcdmonitor/core/time'
import { expect, it } from 'vitest'

const NOW = 1_790_000_000_000

interface Opened {
  readonly store: StateStore
  /** Runs one statement on the store's database; what it gives in the first column of its first row. */
  readonly query: (statement: string) => Promise<string>
  /** The engine's name for bytes. */
  readonly bytes: 'blob' | 'bytea'
}

const numbersTo = (last: number) =>
  `with recursive numbers(i) as (select 1 union all select i + 1 from numbers where i < ${last})`

/** How every engine keeps up with what strangers make. `open` is given the store's clock. */
export function stateSweepContract(open: (clock: Pick<Clock, 'now'>) => Promise<Opened>): void {
  it('sweeps 500 rows of a kind at a time, the oldest strangers first, and says whether there is more', async () => {
    const { store, query, bytes } = await open({ now: () => NOW })
    await using _ = store
    const account = { id: 'A', username: 'admin', passwordHash: 'h', mustChangePassword: false }
    await store.accounts.createFirst(account)
    // the oldest two are those of an account and of a name that is locked
    await query(`insert into login_guards (name, failed, locked_until, last_failure_at)
      values ('admin', 1, 0, 1), ('locked', 5, ${NOW + 1}, 2)`)
    await query(`insert into login_guards (name, failed, locked_until, last_failure_at)
      ${numbersTo(101_198)} select 'stranger-' || i, 1, 0, 2 + i from numbers`)
    await query(`insert into sessions
      (id_hash, user_id, kid, created_at, expires_at, last_seen_at, address, user_agent)
      ${numbersTo(1_001)} select cast('session-' || i as ${bytes}), 'A', 'k', 1, 1, 1, '', '' from numbers`)
    const swept = async () => ({
      ...(await store.maintain()),
      guards: await query('select count(*) from login_guards'),
      sessions: await query('select count(*) from sessions'),
    })
    expect(await swept()).toEqual({ more: true, guards: '100700', sessions: '501' })
    expect(await swept()).toEqual({ more: true, guards: '100200', sessions: '1' })
    expect(await swept()).toEqual({ more: false, guards: '100000', sessions: '0' })
    expect(await query("select min(last_failure_at) from login_guards where name like 'stranger-%'")).toBe(
      '1203',
    )
    expect(await query("select count(*) from login_guards where name in ('admin', 'locked')")).toBe('2')
  })

  it('sweeps 500 locks that ran out at a time, and says whether there is more', async () => {
    const { store, query } = await open({ now: () => NOW })
    await using _ = store
    await query(`insert into login_guards (name, failed, locked_until, last_failure_at)
      ${numbersTo(501)} select 'stranger-' || i, 5, ${NOW}, 1 from numbers`)
    expect(await store.maintain()).toEqual({ more: true })
    expect(await query('select count(*) from login_guards')).toBe('1')
    expect(await store.maintain()).toEqual({ more: false })
    expect(await query('select count(*) from login_guards')).toBe('0')
  })
}
