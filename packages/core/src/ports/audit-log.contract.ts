import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AuditFilter, AuditOutcome } from '../audit/audit-event.ts'
import type { Clock } from '../time.ts'
import { anEvent, anIntent, SUCCEEDED } from './audit-entries.contract.ts'
import type { AuditLog, AuditPageRequest } from './audit-log.ts'
import { grant } from './state-attempts.contract.ts'
import type { StateStore } from './state-store.ts'

const START = 1_790_000_000_000

const FAILED: AuditOutcome = {
  verdict: 'failed',
  code: 'no_quorum',
  message: 'etcd has no leader',
  durationMs: 9,
}
const INTERRUPTED: AuditOutcome = { verdict: 'interrupted', code: '', message: '', durationMs: 0 }

const ACCOUNT = { id: 'ACCOUNT-1', username: 'admin', passwordHash: 'hash-1', mustChangePassword: false }

const opId = (number: number) => `OP-${String(number).padStart(6, '0')}`
const numbers = (length: number) => Array.from({ length }, (_, index) => index)

/** What the audit log of every StateStore must do. `open` is given the store's clock; `openTwo` two stores on one database. */
export function auditLogContract(
  adapter: string,
  open: (clock: Pick<Clock, 'now'>) => Promise<StateStore>,
  openTwo?: (clock: Pick<Clock, 'now'>) => Promise<readonly [StateStore, StateStore]>,
): void {
  describe(`AuditLog contract: ${adapter}`, () => {
    let now: number
    let store: StateStore
    let audit: AuditLog
    const clock = { now: () => now }
    beforeEach(async () => {
      now = START
      store = await open(clock)
      audit = store.audit
    })
    afterEach(() => store[Symbol.asyncDispose]())

    const list = async (filter: AuditFilter = {}, page: AuditPageRequest = { size: 1_000 }) =>
      (await audit.page(filter, page)).entries
    const idsOf = async (filter: AuditFilter = {}, page?: AuditPageRequest) =>
      (await list(filter, page)).map((entry) => entry.opId)

    it('SC-7 shows an intent as pending, and completed by its outcome', async () => {
      await audit.intent(anIntent('A'))
      now += 1_000
      const { userId, ...rest } = anIntent('A')
      const pending = { ...rest, userId, at: START, count: 1, code: '', message: '', durationMs: 0 }
      expect(await list()).toEqual([{ ...pending, id: expect.any(Number), verdict: 'pending' }])
      await audit.outcome('A', FAILED)
      expect(await list()).toEqual([{ ...pending, id: expect.any(Number), ...FAILED }])
    })

    it('SC-7 shows events as they are, newest first, an unknown account without id', async () => {
      await audit.event(anEvent('A', { count: 57 }))
      const { userId: _, ...stranger } = anEvent('B', {
        username: 'nobody',
        class: 'failure',
        verdict: 'failed',
      })
      await audit.event(stranger)
      const at = START
      expect(await list()).toEqual([
        { ...stranger, id: expect.any(Number), at },
        { ...anEvent('A', { count: 57 }), id: expect.any(Number), at },
      ])
    })

    it('SC-7 keeps the first outcome, of two at once as of two in a row', async () => {
      await audit.intent(anIntent('A'))
      await Promise.all([audit.outcome('A', FAILED), audit.outcome('A', SUCCEEDED)])
      await audit.outcome('A', { ...SUCCEEDED, verdict: 'unknown' })
      await audit.outcome('A', INTERRUPTED)
      expect(await list()).toMatchObject([{ opId: 'A', ...FAILED }])
    })

    it('SC-7 prefers what the process says to "interrupted", once', async () => {
      await audit.intent(anIntent('A'))
      await audit.outcome('A', INTERRUPTED)
      expect(await list()).toMatchObject([{ verdict: 'interrupted' }])
      await audit.outcome('A', INTERRUPTED)
      expect(await list()).toMatchObject([{ verdict: 'interrupted' }])
      await audit.outcome('A', SUCCEEDED)
      await audit.outcome('A', FAILED)
      expect(await list()).toMatchObject([{ opId: 'A', ...SUCCEEDED }])
    })

    it('keeps an outcome whose intent comes later', async () => {
      await audit.outcome('A', FAILED)
      expect(await list()).toEqual([])
      await audit.intent(anIntent('A'))
      expect(await list()).toMatchObject([{ opId: 'A', ...FAILED }])
    })

    it('shows an outcome that it was asked for just before, also one that can wait', async () => {
      await audit.intent(anIntent('A'))
      const written = audit.outcome('A', FAILED, { canWait: true })
      expect(await list()).toMatchObject([{ opId: 'A', ...FAILED }])
      const again = audit.outcome('A', SUCCEEDED, { canWait: true })
      expect((await collect(audit.scan({}))).flat()).toMatchObject([{ opId: 'A', ...FAILED }])
      await Promise.all([written, again])
    })

    it('SC-7 of 100 at once with one that cannot be stored, 99 stand', async () => {
      const broken = { ...anIntent(opId(50)), clusterId: new Date() as unknown as string }
      const asked = numbers(100).map((index) => audit.intent(index === 50 ? broken : anIntent(opId(index))))
      const results = await Promise.allSettled(asked)
      expect(results.map(({ status }) => status === 'rejected').indexOf(true)).toBe(50)
      expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1)
      const stored = await list()
      expect(stored).toHaveLength(99)
      expect(stored.map((entry) => entry.opId)).not.toContain(opId(50))
    })

    it('SC-13 keeps texts with zero characters and halves of pairs in a form that can be read, and cuts long ones', async () => {
      await audit.intent(
        anIntent('A', {
          username: 'u'.repeat(65),
          target: `a\0b\ud800c😀${'x'.repeat(1_100)}`,
          params: JSON.stringify({ text: 'y'.repeat(4_097) }),
          address: 'z'.repeat(65),
        }),
      )
      await audit.outcome('A', { ...FAILED, message: 'm'.repeat(2_049), durationMs: 1.6 })
      expect(await list()).toMatchObject([
        {
          username: 'u'.repeat(64),
          target: `a\\u0000b\\ud800c😀${'x'.repeat(1_007)}…`,
          params: '{"cut":4108}',
          address: 'z'.repeat(64),
          message: `${'m'.repeat(2_047)}…`,
          durationMs: 2,
        },
      ])
    })

    it('SC-4 adds the events of sign-in, change and end with what they tell of, and none of what was not done', async () => {
      await store.accounts.createFirst({ ...ACCOUNT })
      const idHash = new Uint8Array(32)
      const session = { idHash, userId: ACCOUNT.id, kid: 'k', expiresAt: 0, address: '', userAgent: '' }
      const attempt = { reservationId: 'expired', userId: ACCOUNT.id, verified: 'hash-1' }
      await store.accounts.signIn({ ...attempt, session, audit: anEvent('EXPIRED') })
      const granted = async () => ({ ...attempt, reservationId: await grant(store) })
      const signIn = { ...(await granted()), session, audit: anEvent('SIGN-IN') }
      await store.accounts.signIn({ ...signIn, verified: 'hash-0', audit: anEvent('STALE') })
      await store.accounts.signIn(signIn)
      await store.accounts.accept({ ...(await granted()), audit: anEvent('ACCEPT') })
      await store.sessions.end(idHash, anEvent('END'))
      await store.sessions.end(idHash, anEvent('ENDED-BEFORE'))
      await store.panels.put(ACCOUNT.id, '{}', anEvent('PANELS'))
      await store.accounts.changePassword({ ...(await granted()), to: 'hash-2', audit: anEvent('CHANGE') })
      expect(await idsOf()).toEqual(['CHANGE', 'PANELS', 'END', 'ACCEPT', 'SIGN-IN'])
    })

    it('SC-8 pages by id, and stays put while entries are added', async () => {
      for (const index of numbers(7)) await audit.event(anEvent(opId(index)))
      const first = await audit.page({}, { size: 3 })
      expect(first).toMatchObject({ hasMore: true })
      expect(first).not.toHaveProperty('total')
      await audit.event(anEvent(opId(7)))
      const before = first.entries.at(-1)?.id ?? 0
      expect([
        ...first.entries.map((entry) => entry.opId),
        ...(await idsOf({}, { size: 3, before })),
      ]).toEqual([6, 5, 4, 3, 2, 1].map(opId))
      expect(await audit.page({}, { size: 2, skip: 6, isCounted: true })).toMatchObject({
        entries: [{ opId: opId(1) }, { opId: opId(0) }],
        hasMore: false,
        total: 8,
      })
      expect(await audit.page({}, { size: 2, skip: 8, isCounted: true })).toEqual({
        entries: [],
        hasMore: false,
        total: 8,
      })
    })

    it('SC-8 filters by each of its parts and by all of them', async () => {
      await audit.intent(anIntent('put-ok'))
      await audit.outcome('put-ok', SUCCEEDED)
      now += 1_000
      await audit.intent(anIntent('put-failed', { username: 'carol' }))
      await audit.outcome('put-failed', FAILED)
      now += 1_000
      await audit.intent(anIntent('delete-late', { operation: 'delete' }))
      await audit.outcome('delete-late', INTERRUPTED)
      await audit.outcome('delete-late', SUCCEEDED)
      now += 1_000
      await audit.event(anEvent('login', { operation: 'login', verdict: 'failed' }))
      await audit.intent(anIntent('pending'))
      expect(await idsOf({ operation: 'put' })).toEqual(['pending', 'put-failed', 'put-ok'])
      expect(await idsOf({ username: 'carol' })).toEqual(['put-failed'])
      expect(await idsOf({ username: 'Carol' })).toEqual([])
      expect(await idsOf({ success: true })).toEqual(['delete-late', 'put-ok'])
      expect(await idsOf({ success: false })).toEqual(['pending', 'login', 'put-failed'])
      expect(await idsOf({ from: START + 1_000, to: START + 3_000 })).toEqual(['delete-late', 'put-failed'])
      expect(
        await idsOf({ operation: 'put', success: true, username: 'admin', text: 'OK', to: now }),
      ).toEqual(['put-ok'])
      expect(await audit.page({ success: false }, { size: 1, skip: 1, isCounted: true })).toMatchObject({
        entries: [{ opId: 'login' }],
        hasMore: true,
        total: 3,
      })
    })

    it('SC-8 tells names of accounts from those that strangers invent', async () => {
      await store.accounts.createFirst(ACCOUNT)
      const lock = (id: string, username: string) =>
        audit.event(anEvent(id, { operation: 'login_lockout', class: 'failure', username }))
      await lock('real', 'admin')
      for (const id of ['invented-1', 'invented-2']) await lock(id, id)
      const filter = { operation: 'login_lockout' } as const
      expect(await idsOf({ ...filter, isAccount: true })).toEqual(['real'])
      expect(await idsOf({ ...filter, isAccount: true }, { size: 1 })).toEqual(['real'])
      expect(await audit.page({ isAccount: false }, { size: 1, isCounted: true })).toMatchObject({
        entries: [{ opId: 'invented-2' }],
        hasMore: true,
        total: 2,
      })
    })

    it('SC-8 looks for a text in target, params and result as it is, ASCII case ignored', async () => {
      await audit.event(anEvent('percent', { target: '/100%_sure' }))
      await audit.event(anEvent('slash', { params: JSON.stringify({ path: 'C:\\Temp' }) }))
      await audit.event(anEvent('result', { message: 'Ärger with QUOTA' }))
      await audit.event(anEvent('other', { target: '/100x0sure' }))
      await audit.event(anEvent('zero', { target: 'a\0b', username: 'c\0d' }))
      expect(await idsOf({ text: '%_' })).toEqual(['percent'])
      expect(await idsOf({ text: '100%' })).toEqual(['percent'])
      expect(await idsOf({ text: '_' })).toEqual(['percent'])
      expect(await idsOf({ text: 'c:\\\\tEMP' })).toEqual(['slash'])
      expect(await idsOf({ text: 'quota' })).toEqual(['result'])
      expect(await idsOf({ text: 'ÄRGER' })).toEqual(['result'])
      expect(await idsOf({ text: 'ärger' })).toEqual([])
      expect(await idsOf({ text: "' or 1=1 --" })).toEqual([])
      expect(await idsOf({ text: 'A\0b' })).toEqual(['zero'])
      expect(await idsOf({ username: 'c\0d' })).toEqual(['zero'])
    })

    it('SC-8 looks through more than one batch, and counts all of it', async () => {
      const target = (index: number) => (index % 1_000 === 7 ? '/needle' : '/hay')
      for (let from = 0; from < 4_100; from += 1_000)
        await Promise.all(
          numbers(Math.min(1_000, 4_100 - from)).map((index) =>
            audit.event(anEvent(opId(from + index), { target: target(from + index) })),
          ),
        )
      const found = [4_007, 3_007, 2_007, 1_007, 7].map(opId)
      expect(await idsOf({ text: 'needle' })).toEqual(found)
      const counted = await audit.page({ text: 'needle' }, { size: 2, isCounted: true })
      expect(counted).toMatchObject({ hasMore: true, total: 5 })
      expect(counted.entries.map((entry) => entry.opId)).toEqual(found.slice(0, 2))
      const scanned = await collect(audit.scan({ text: 'needle' }))
      expect(scanned.map((batch) => batch.map((entry) => entry.opId))).toEqual([
        ...[[opId(4_007)], [], [opId(3_007)], [], [opId(2_007)], [], [opId(1_007)], [], [opId(7)]],
      ])
      const batches = await collect(audit.scan({}))
      expect(batches.map((batch) => batch.length)).toEqual([500, 500, 500, 500, 500, 500, 500, 500, 100])
      expect(batches.flat().map((entry) => entry.opId)).toEqual(numbers(4_100).map(opId).toReversed())
    })

    it('scans no further when the signal has aborted', async () => {
      await Promise.all(numbers(501).map((index) => audit.event(anEvent(opId(index)))))
      const left = new AbortController()
      const batches = audit.scan({ text: 'nothing' }, left.signal)[Symbol.asyncIterator]()
      expect(await batches.next()).toEqual({ done: false, value: [] })
      left.abort(new Error('the client left'))
      await expect(batches.next()).rejects.toThrow('the client left')
    })

    const DAY = 86_400_000
    const sweepAll = async (kept: { days: number; maxRows: number }) => {
      let pieces = 1
      while ((await audit.sweep(kept)).more) pieces += 1
      return pieces
    }

    it('SC-9 removes entries with their outcomes when they are older than they are kept', async () => {
      await audit.intent(anIntent('old'))
      await audit.event(anEvent('old-failure', { class: 'failure' }))
      await audit.intent(anIntent('pending'))
      await audit.outcome('orphan', FAILED)
      now += 1
      await audit.intent(anIntent('young'))
      now += DAY
      await audit.outcome('old', INTERRUPTED)
      await audit.outcome('old', SUCCEEDED)
      now = START + 90 * DAY
      await sweepAll({ days: 90, maxRows: 10_000 })
      expect(await list()).toHaveLength(4)
      now += 1
      await sweepAll({ days: 90, maxRows: 10_000 })
      expect(await idsOf()).toEqual(['young'])
      for (const opId of ['old', 'orphan']) await audit.intent(anIntent(opId))
      expect(await list({ success: false })).toMatchObject([
        { opId: 'orphan', verdict: 'pending' },
        { opId: 'old', verdict: 'pending' },
        { opId: 'young' },
      ])
    })

    it('SC-9 removes 166 entries at a time', async () => {
      await Promise.all(numbers(334).map((index) => audit.event(anEvent(opId(index)))))
      now += 91 * DAY
      expect(await audit.sweep({ days: 90, maxRows: 10_000 })).toEqual({ more: true })
      expect(await list()).toHaveLength(168)
      expect(await sweepAll({ days: 90, maxRows: 10_000 })).toBe(2)
      expect(await list()).toEqual([])
    })

    it('SC-9 trims what is too much: the oldest failures first, then acts, none younger than 7 days', async () => {
      for (const index of numbers(6)) {
        await audit.event(anEvent(`act-${index}`))
        await audit.event(anEvent(`failure-${index}`, { class: 'failure' }))
        now += DAY
      }
      now = START + 9 * DAY // acts 0 and 1 are older than 7 days
      await sweepAll({ days: 90, maxRows: 8 })
      expect(await idsOf()).toEqual([
        'failure-5',
        'act-5',
        'failure-4',
        'act-4',
        'act-3',
        'act-2',
        'act-1',
        'act-0',
      ])
      await sweepAll({ days: 90, maxRows: 5 })
      const [told, ...left] = await list()
      expect(left.map((entry) => entry.opId)).toEqual(['act-5', 'act-4', 'act-3', 'act-2'])
      expect(told).toMatchObject({
        operation: 'audit_trimmed',
        class: 'act',
        params: '{"max_rows":5}',
        verdict: 'succeeded',
        message: `ok {"entries":2,"until":${(START + DAY) / 1_000}}`,
      })
      await sweepAll({ days: 90, maxRows: 1 })
      expect((await idsOf()).filter((id) => id.startsWith('act-'))).toEqual([
        'act-5',
        'act-4',
        'act-3',
        'act-2',
      ])
    })

    it('SC-9 tells of a trim in one entry, open while pieces of it are to go', async () => {
      for (const index of numbers(400)) {
        await audit.intent(anIntent(opId(index)))
        await audit.outcome(opId(index), SUCCEEDED)
      }
      now += 8 * DAY
      const trims = () => list({ operation: 'audit_trimmed' })
      expect(await audit.sweep({ days: 90, maxRows: 300 })).toEqual({ more: true })
      expect(await trims()).toMatchObject([{ verdict: 'pending' }])
      await sweepAll({ days: 90, maxRows: 300 })
      const params = '{"max_rows":300}'
      const message = `ok {"entries":251,"until":${START / 1_000}}`
      expect(await trims()).toMatchObject([{ verdict: 'succeeded', params, message }])
      expect((await list()).at(-1)).toMatchObject({ opId: opId(251) })
      await sweepAll({ days: 90, maxRows: 300 })
      expect(await trims()).toHaveLength(1)
    })

    it('counts rows: of an act its intent and its outcome', async () => {
      expect(await audit.countRows()).toBe(0)
      await audit.intent(anIntent('A'))
      await audit.outcome('A', SUCCEEDED)
      await audit.event(anEvent('B', { class: 'failure' }))
      expect(await audit.countRows()).toBe(3)
    })

    if (!openTwo) return // this way of opening has one store to a database

    it('SC-9 trims no more than is too much when two sweep at once', async () => {
      const [one, other] = await openTwo(clock)
      try {
        for (const index of numbers(400)) await one.audit.event(anEvent(opId(index)))
        now += 8 * DAY
        const sweep = async ({ audit: mine }: StateStore) => {
          for (let more = true; more; ) ({ more } = await mine.sweep({ days: 90, maxRows: 200 }))
        }
        await Promise.all([sweep(one), sweep(other)])
        const left = await one.audit.page({ operation: 'put' }, { size: 1, isCounted: true })
        const told = await one.audit.page({ operation: 'audit_trimmed' }, { size: 10 })
        const counts = told.entries.map(({ message }) => Number(/"entries":(\d+)/.exec(message)?.[1]))
        expect(left.total).toBeGreaterThanOrEqual(196)
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(400 - (left.total ?? 0))
      } finally {
        await Promise.all([one, other].map((store) => store[Symbol.asyncDispose]()))
      }
    })

    it('SC-7 keeps all of 1,000 acts of two stores at once, each with one outcome', async () => {
      const two = await openTwo(clock)
      try {
        await Promise.all(
          numbers(1_000).map(async (index) => {
            const mine = two[index % 2 ? 1 : 0].audit
            await mine.intent(anIntent(opId(index)))
            await Promise.all([
              mine.outcome(opId(index), SUCCEEDED),
              two[0].audit.outcome(opId(index), FAILED),
            ])
          }),
        )
        const { entries, total } = await two[0].audit.page({}, { size: 1_000, isCounted: true })
        expect(total).toBe(1_000)
        expect(entries.every(({ verdict }) => verdict === 'succeeded' || verdict === 'failed')).toBe(true)
      } finally {
        await Promise.all(two.map((one) => one[Symbol.asyncDispose]()))
      }
    })
  })
}

async function collect<T>(batches: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = []
  for await (const batch of batches) all.push(batch)
  return all
}
