import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Clock } from '../time.ts'
import { anEvent } from './audit-entries.contract.ts'
import { attemptChange, attemptSignIn, grant } from './state-attempts.contract.ts'
import type { LockPolicy, NewAccount, NewSession, StateStore, Ticket } from './state-store.ts'

const START = 1_790_000_000_000
const MINUTE = 60_000
const HOUR = 60 * MINUTE

const admin: NewAccount = {
  id: 'ACCOUNT-1',
  username: 'admin',
  passwordHash: 'hash-1',
  mustChangePassword: false,
}

const idOf = (number: number): Uint8Array<ArrayBuffer> => new Uint8Array(32).fill(number)

const aSession = (number: number, over: Partial<NewSession> = {}): NewSession => ({
  idHash: idOf(number),
  userId: admin.id,
  kid: '0123456789abcdef',
  expiresAt: START + HOUR,
  address: '192.0.2.1',
  userAgent: 'test',
  ...over,
})

/** What every StateStore must do. `open` is given the store's clock; `openTwo` two stores on one database. */
export function stateStoreContract(
  adapter: string,
  open: (clock: Pick<Clock, 'now'>) => Promise<StateStore>,
  openTwo?: (clock: Pick<Clock, 'now'>) => Promise<readonly [StateStore, StateStore]>,
): void {
  describe(`StateStore contract: ${adapter}`, () => {
    let now: number
    let store: StateStore
    const clock = { now: () => now }
    beforeEach(async () => {
      now = START
      store = await open(clock)
    })
    afterEach(() => store[Symbol.asyncDispose]())

    const signIn = (session: NewSession, verified = 'hash-1') => attemptSignIn(store, { verified, session })

    it('SC-3 creates one first account of ten at once and publishes once', async () => {
      const publish = vi.fn(async () => undefined)
      const accounts = Array.from({ length: 10 }, (_, index) => ({ ...admin, id: `ACCOUNT-${index}` }))
      const outcomes = await Promise.all(
        accounts.map((account) => store.accounts.createFirst(account, publish)),
      )
      expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1)
      expect(publish).toHaveBeenCalledTimes(1)
      expect(await store.accounts.count()).toBe(1)
    })

    it('SC-3 has no account when publishing fails, and can be asked again', async () => {
      const failure = new Error('disk full')
      await expect(store.accounts.createFirst(admin, () => Promise.reject(failure))).rejects.toBe(failure)
      expect(await store.accounts.count()).toBe(0)
      expect(await store.accounts.createFirst(admin)).toBe('created')
    })

    it('finds accounts by name and id, with the times of the store', async () => {
      expect(await store.accounts.find('admin')).toBeUndefined()
      await store.accounts.createFirst(admin)
      const whole = {
        ...admin,
        role: 'admin',
        enabled: true,
        createdAt: START,
        updatedAt: START,
        passwordChangedAt: START,
      }
      expect(await store.accounts.find('admin')).toEqual(whole)
      expect(await store.accounts.get(admin.id)).toEqual(whole)
      expect(await store.accounts.find('ADMIN')).toBeUndefined()
      expect(await store.accounts.get('ACCOUNT-2')).toBeUndefined()
      expect(await store.now()).toBe(START)
    })

    it('SC-4 signs in: session, last login and new hash together', async () => {
      await store.accounts.createFirst(admin)
      now += 1_000
      const rehashed = { verified: 'hash-1', session: aSession(1), rehash: 'hash-2' }
      expect(await attemptSignIn(store, rehashed)).toBe('created')
      expect(await store.accounts.find('admin')).toMatchObject({ passwordHash: 'hash-2', lastLoginAt: now })
      expect(await store.sessions.find(idOf(1))).toEqual({
        ...aSession(1),
        username: 'admin',
        createdAt: now,
        lastSeenAt: now,
      })
    })

    it('SC-4 refuses to sign in with an old hash, for nobody, and before a first change; nothing is left', async () => {
      await store.accounts.createFirst({ ...admin, mustChangePassword: true })
      expect(await signIn(aSession(1))).toBe('stale')
      await attemptChange(store, { userId: admin.id, verified: 'hash-1', to: 'hash-2' })
      expect(await signIn(aSession(1), 'hash-1')).toBe('stale')
      expect(await signIn(aSession(1, { userId: 'ACCOUNT-2' }), 'hash-2')).toBe('stale')
      expect(await store.sessions.find(idOf(1))).toBeUndefined()
      expect(await store.accounts.find('admin')).not.toHaveProperty('lastLoginAt')
      expect(await signIn(aSession(1), 'hash-2')).toBe('created')
    })

    it('SC-4 leaves nothing of a sign-in whose session cannot be stored', async () => {
      await store.accounts.createFirst(admin)
      await signIn(aSession(1))
      now += 1_000
      const again = { verified: 'hash-1', session: aSession(1), rehash: 'hash-2' } // an id twice
      await expect(attemptSignIn(store, again)).rejects.toThrow()
      expect(await store.accounts.find('admin')).toMatchObject({ passwordHash: 'hash-1', lastLoginAt: START })
    })

    it('SC-4 changes the password: new hash, flag off, all sessions ended', async () => {
      await store.accounts.createFirst(admin)
      await signIn(aSession(1))
      await signIn(aSession(2, { expiresAt: 0 }))
      now += 1_000
      const change = { userId: admin.id, verified: 'hash-1', to: 'hash-2' }
      expect(await attemptChange(store, change)).toBe('changed')
      expect(await store.accounts.find('admin')).toMatchObject({
        passwordHash: 'hash-2',
        mustChangePassword: false,
        passwordChangedAt: now,
      })
      expect(await store.sessions.find(idOf(1))).toBeUndefined()
      expect(await store.sessions.find(idOf(2))).toBeUndefined()
      expect(await attemptChange(store, change)).toBe('stale')
    })

    it('A27 lets one of ten changes with the same old password through', async () => {
      await store.accounts.createFirst(admin)
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          attemptChange(store, { userId: admin.id, verified: 'hash-1', to: `new-${index}` }),
        ),
      )
      expect(outcomes.filter((outcome) => outcome === 'changed')).toHaveLength(1)
      expect(await store.accounts.find('admin')).toMatchObject({
        passwordHash: `new-${outcomes.indexOf('changed')}`,
      })
    })

    it('SC-4 never leaves a session of a sign-in that met a change of the password', async () => {
      await store.accounts.createFirst(admin)
      for (let round = 0; round < 100; round += 1) {
        const verified = (await store.accounts.find('admin'))?.passwordHash ?? ''
        const enter = () => attemptSignIn(store, { verified, session: aSession(round) })
        const change = () => attemptChange(store, { userId: admin.id, verified, to: `next-${round}` })
        const [, changed] = await Promise.all(
          round % 2 ? [enter(), change()] : [change(), enter()].toReversed(),
        )
        expect(changed).toBe('changed')
        expect(await store.sessions.find(idOf(round))).toBeUndefined()
      }
    })

    it('SC-4 resets the password: new hash, flag on, sessions ended, counter and lock cleared, attempts void', async () => {
      await store.accounts.createFirst(admin)
      await signIn(aSession(1))
      await failTimes(4)
      const open = await granted()
      now += 1_000
      expect(await store.accounts.resetPassword({ name: 'admin', to: 'hash-2', audit: anEvent() })).toBe(
        'changed',
      )
      expect(await store.accounts.find('admin')).toMatchObject({
        passwordHash: 'hash-2',
        mustChangePassword: true,
        passwordChangedAt: now,
        updatedAt: now,
      })
      expect(await store.sessions.find(idOf(1))).toBeUndefined()
      expect(await store.guard.settle(open, 'wrong', strict)).toBe('expired')
      await failTimes(4)
      expect(await store.accounts.resetPassword({ name: 'nobody', to: 'hash-2', audit: anEvent() })).toBe(
        'unknown',
      )
    })

    it('SC-4 never leaves a session of a sign-in that met a reset or the end of its account', async () => {
      await store.accounts.createFirst(admin)
      await store.accounts.add({ ...admin, id: 'ACCOUNT-2', username: 'other' }, anEvent())
      for (let round = 0; round < 100; round += 1) {
        await store.accounts.resetPassword({ name: 'admin', to: 'due', audit: anEvent() })
        await attemptChange(store, { userId: admin.id, verified: 'due', to: 'ready' })
        const enter = () => attemptSignIn(store, { verified: 'ready', session: aSession(round) })
        const reset = () => store.accounts.resetPassword({ name: 'admin', to: 'reset', audit: anEvent() })
        const disable = () => store.accounts.setEnabled({ name: 'admin', isEnabled: false, audit: anEvent() })
        const end = round % 2 ? reset : disable
        await Promise.all(round % 4 < 2 ? [enter(), end()] : [end(), enter()])
        expect(await store.sessions.find(idOf(round))).toBeUndefined()
        await store.accounts.setEnabled({ name: 'admin', isEnabled: true, audit: anEvent() })
        expect(await store.sessions.find(idOf(round))).toBeUndefined()
      }
    })

    it('SC-5 adds accounts, each name once, and lists them by name', async () => {
      const other = { ...admin, id: 'ACCOUNT-2', username: 'a.b-c', mustChangePassword: true }
      const added = await Promise.all(
        [1, 2, 3].map((n) => store.accounts.add({ ...other, id: `OTHER-${n}` }, anEvent())),
      )
      expect(added.toSorted()).toEqual(['created', 'exists', 'exists'])
      now += 1_000
      expect(await store.accounts.add(admin, anEvent())).toBe('created')
      expect((await store.accounts.list()).map(({ username, createdAt }) => [username, createdAt])).toEqual([
        ['a.b-c', START],
        ['admin', now],
      ])
      expect(await store.accounts.createFirst({ ...admin, id: 'X', username: 'x' })).toBe('exists')
    })

    it('SC-5 C46 disables an account: its sessions end, nobody signs in, and enabling brings nothing back', async () => {
      await store.accounts.createFirst(admin)
      await store.accounts.add({ ...admin, id: 'ACCOUNT-2', username: 'other' }, anEvent())
      await signIn(aSession(1))
      await signIn(aSession(2, { userId: 'ACCOUNT-2' }))
      now += 1_000
      const set = (name: string, isEnabled: boolean) =>
        store.accounts.setEnabled({ name, isEnabled, audit: anEvent() })
      expect(await set('admin', false)).toBe('changed')
      expect(await set('admin', false)).toBe('same')
      expect(await store.accounts.find('admin')).toMatchObject({ enabled: false, updatedAt: now })
      expect(await signIn(aSession(3))).toBe('stale')
      expect(await set('admin', true)).toBe('changed')
      expect(await set('admin', true)).toBe('same')
      expect(await set('nobody', false)).toBe('unknown')
      expect(await store.sessions.find(idOf(1))).toBeUndefined()
      expect(await store.sessions.find(idOf(2))).toBeDefined()
      expect(await signIn(aSession(3))).toBe('created')
    })

    it('SC-5 audits what the command line did, and nothing that it did not do', async () => {
      await store.accounts.createFirst(admin)
      const other = { ...admin, id: 'ACCOUNT-2', username: 'other' }
      const audit = (target: string) => anEvent(undefined, { operation: 'cli_unlock', target })
      const set = (isEnabled: boolean, target: string) =>
        store.accounts.setEnabled({ name: 'other', isEnabled, audit: audit(target) })
      await store.accounts.add(other, audit('1'))
      await store.accounts.add({ ...other, id: 'ACCOUNT-3' }, audit('exists'))
      await set(false, '2')
      await set(false, 'same')
      await store.accounts.setEnabled({ name: 'admin', isEnabled: false, audit: audit('last') })
      await set(true, '3')
      await store.accounts.resetPassword({ name: 'other', to: 'hash-2', audit: audit('4') })
      await store.accounts.resetPassword({ name: 'nobody', to: 'hash-2', audit: audit('unknown') })
      await store.guard.clear('other', audit('5'))
      const { entries } = await store.audit.page({}, { size: 10 })
      expect(entries.map(({ target }) => target)).toEqual(['5', '4', '3', '2', '1'])
    })

    it('SC-5 C46 keeps one account enabled', async () => {
      await store.accounts.createFirst(admin)
      await store.accounts.add({ ...admin, id: 'ACCOUNT-2', username: 'other' }, anEvent())
      const disable = (name: string) =>
        store.accounts.setEnabled({ name, isEnabled: false, audit: anEvent() })
      expect(await disable('other')).toBe('changed')
      expect(await disable('admin')).toBe('last')
      expect(await store.accounts.find('admin')).toMatchObject({ enabled: true, updatedAt: START })
    })

    it('SC-5 ends a session once', async () => {
      await store.accounts.createFirst(admin)
      await signIn(aSession(1))
      await signIn(aSession(2))
      const ends = await Promise.all([1, 2, 3].map(() => store.sessions.end(idOf(1), anEvent())))
      expect(ends.filter(Boolean)).toHaveLength(1)
      expect(await store.sessions.find(idOf(1))).toBeUndefined()
      expect(await store.sessions.find(idOf(2))).toBeDefined()
    })

    it('F49 knows a session that expired until it is ended or swept', async () => {
      await store.accounts.createFirst(admin)
      await signIn(aSession(1))
      now += 2 * HOUR
      expect(await store.sessions.find(idOf(1))).toBeUndefined()
      expect(await store.sessions.isPresent(idOf(1))).toBe(true)
      await store.sessions.end(idOf(1), anEvent())
      expect(await store.sessions.isPresent(idOf(1))).toBe(false)
    })

    it('T14 keeps a session until the instant it expires, and for ever with 0', async () => {
      await store.accounts.createFirst(admin)
      await signIn(aSession(1))
      await signIn(aSession(2, { expiresAt: 0 }))
      now = START + HOUR - 1
      expect(await store.sessions.find(idOf(1))).toBeDefined()
      now = START + HOUR
      expect(await store.sessions.find(idOf(1))).toBeUndefined()
      now = START + 10_000 * HOUR
      expect(await store.sessions.find(idOf(2))).toBeDefined()
    })

    it('SC-5 ends the oldest of 101 live sessions, expired ones not counted', async () => {
      await store.accounts.createFirst(admin)
      await signIn(aSession(0, { expiresAt: START + 1 }))
      for (let number = 1; number <= 100; number += 1) {
        now += 1_000
        await signIn(aSession(number))
      }
      expect(await store.sessions.find(idOf(1))).toBeDefined()
      now += 1_000
      await signIn(aSession(101))
      expect(await store.sessions.find(idOf(1))).toBeUndefined()
      expect(await store.sessions.find(idOf(2))).toBeDefined()
      expect(await store.sessions.find(idOf(101))).toBeDefined()
    })

    it('SC-5 ends no session that has just begun, though the clock stepped back', async () => {
      await store.accounts.createFirst(admin)
      for (let number = 1; number <= 100; number += 1) await signIn(aSession(number))
      now -= 1_000
      await signIn(aSession(101))
      expect(await store.sessions.find(idOf(101))).toBeDefined()
      const left = Array.from({ length: 100 }, (_, index) => store.sessions.find(idOf(index + 1)))
      expect((await Promise.all(left)).filter(Boolean)).toHaveLength(99)
    })

    it('SC-5 notes when a session was seen, at most once a minute', async () => {
      await store.accounts.createFirst(admin)
      await signIn(aSession(1))
      const seenAt = async (at: number) => {
        now = at
        await store.sessions.find(idOf(1))
        return (await store.sessions.find(idOf(1)))?.lastSeenAt
      }
      expect(await seenAt(START + MINUTE - 1)).toBe(START)
      expect(await seenAt(START + MINUTE)).toBe(START + MINUTE)
      expect(await seenAt(START + MINUTE + 30_000)).toBe(START + MINUTE)
    })

    it('sweeps sessions two hours after they expired, and no others', async () => {
      await store.accounts.createFirst(admin)
      await signIn(aSession(1, { expiresAt: START + 1 }))
      await signIn(aSession(2, { expiresAt: 0 }))
      now = START + 1 + 2 * HOUR
      await store.maintain()
      expect(await store.sessions.end(idOf(1), anEvent())).toBe(true) // still there
      await signIn(aSession(3, { expiresAt: now - 2 * HOUR - 1 }))
      await store.maintain()
      expect(await store.sessions.end(idOf(3), anEvent())).toBe(false)
      expect(await store.sessions.end(idOf(2), anEvent())).toBe(true)
    })

    it('SC-13 keeps texts with zero characters, halves of pairs and long ones in a form that can be read', async () => {
      await store.accounts.createFirst(admin)
      await signIn(aSession(1, { userAgent: `a\0b\ud800c😀${'x'.repeat(300)}` }))
      const found = await store.sessions.find(idOf(1))
      expect(found?.userAgent).toBe(`a\\u0000b\\ud800c😀${'x'.repeat(184)}`)
    })

    it('SC-4 accepts a right password: the counter is 0, and nothing else happens', async () => {
      await store.accounts.createFirst({ ...admin, mustChangePassword: true })
      await failTimes(4)
      const verified = { userId: admin.id, verified: 'hash-1', audit: anEvent() }
      const accepted = { ...verified, reservationId: await grant(store) }
      expect(await store.accounts.accept({ ...accepted, verified: 'hash-0' })).toBe('stale')
      expect(await store.accounts.accept(accepted)).toBe('settled')
      expect(await store.accounts.accept(accepted)).toBe('expired')
      await failTimes(4)
      expect(await store.accounts.find('admin')).toMatchObject({ mustChangePassword: true, updatedAt: START })
    })

    it('SC-12 keeps the whole document of each account that was put last', async () => {
      await store.accounts.createFirst(admin)
      expect(await store.panels.get(admin.id)).toBeUndefined()
      await store.panels.put(admin.id, '{"panels":[]}', anEvent())
      expect(await store.panels.get(admin.id)).toBe('{"panels":[]}')
      const largest = `"${'é'.repeat(32_767)}"` // 65,536 bytes
      await store.panels.put(admin.id, largest, anEvent())
      await expect(store.panels.put(admin.id, `${largest} `, anEvent())).rejects.toThrow(RangeError)
      expect(await store.panels.get(admin.id)).toBe(largest)
      const documents = Array.from({ length: 10 }, (_, index) => `{"panels":[${index}]}`)
      await Promise.all(documents.map((document) => store.panels.put(admin.id, document, anEvent())))
      expect(documents).toContain(await store.panels.get(admin.id))
      expect(await store.panels.get('ACCOUNT-2')).toBeUndefined()
    })

    const strict: LockPolicy = { threshold: 5, durationSeconds: 900 }
    const reserve = (name = 'admin') => store.guard.reserve(name, strict)
    const granted = async (name = 'admin') => {
      const reservation = await reserve(name)
      if (reservation.kind !== 'granted') throw new Error(`not granted but ${reservation.kind}`)
      return reservation.id
    }
    const fail = async (name?: string) => store.guard.settle(await granted(name), 'wrong', strict)
    const failTimes = async (times: number, name?: string) => {
      for (let i = 0; i < times; i += 1) expect(await fail(name)).toBe('settled')
    }

    it('SC-1 locks at the fifth failure in a row, for the whole duration and no longer', async () => {
      await failTimes(4)
      expect(await fail()).toBe('locked')
      expect(await reserve()).toEqual({ kind: 'locked', retryAfterSeconds: 900 })
      now += 899_001
      expect(await reserve()).toEqual({ kind: 'locked', retryAfterSeconds: 1 })
      now += 999
      await failTimes(4)
      expect(await fail()).toBe('locked')
    })

    it('SC-1 counts names without account alike, and each for itself', async () => {
      await store.accounts.createFirst(admin)
      await failTimes(4, 'nobody')
      expect(await fail('nobody')).toBe('locked')
      expect(await reserve('nobody')).toMatchObject({ kind: 'locked' })
      expect(await reserve('admin')).toMatchObject({ kind: 'granted' })
    })

    it('SC-1 lets no more attempts at once than are still allowed, all of them if they are right', async () => {
      await store.accounts.createFirst(admin)
      await failTimes(2)
      const open = await Promise.all([granted(), granted(), granted()])
      expect(await reserve()).toEqual({ kind: 'wait' })
      const accepted = { userId: admin.id, verified: 'hash-1' }
      for (const reservationId of open)
        expect(await store.accounts.accept({ ...accepted, reservationId, audit: anEvent() })).toBe('settled')
      expect(await reserve()).toMatchObject({ kind: 'granted' })
    })

    it('SC-1 counts nothing that was void', async () => {
      await failTimes(4)
      expect(await store.guard.settle(await granted(), 'void', strict)).toBe('settled')
      expect(await reserve()).toMatchObject({ kind: 'granted' })
    })

    it('SC-1 counts an attempt that a dead process left, once', async () => {
      const left = await granted()
      now += 10_000
      const between = await granted()
      now += 1
      await store.guard.settle(await granted(), 'void', strict)
      expect(await store.guard.settle(left, 'wrong', strict)).toBe('expired')
      expect(await store.guard.settle(between, 'void', strict)).toBe('settled')
      await failTimes(3)
      expect(await fail()).toBe('locked')
    })

    it('SC-1 says that a lock begins with what dead processes left', async () => {
      for (let left = 0; left < 5; left += 1) await granted()
      now += 10_001
      expect(await reserve()).toEqual({ kind: 'locked', retryAfterSeconds: 900, begins: true })
      expect(await reserve()).toEqual({ kind: 'locked', retryAfterSeconds: 900 })
    })

    it('SC-1 never makes a lock or an attempt longer when the clock steps back', async () => {
      await failTimes(4)
      expect(await fail()).toBe('locked')
      now -= HOUR
      expect(await reserve()).toEqual({ kind: 'locked', retryAfterSeconds: 900 })
      now += 900_000
      const open = await granted()
      now -= HOUR
      await reserve()
      expect(await store.guard.settle(open, 'wrong', strict)).toBe('expired')
    })

    it('SC-1 forgets a name that is cleared', async () => {
      await failTimes(4)
      expect(await fail()).toBe('locked')
      await store.guard.clear('admin', anEvent())
      await failTimes(4)
    })

    it('SC-1 keeps every failure while it is swept', async () => {
      await failTimes(4, 'nobody')
      const open = await granted('nobody')
      await store.maintain()
      expect(await store.guard.settle(open, 'wrong', strict)).toBe('locked')
      await store.maintain()
      expect(await reserve('nobody')).toMatchObject({ kind: 'locked' })
      now += 900_000
      await store.maintain()
      await failTimes(4, 'nobody')
    })

    const aTicket = (over: Partial<Ticket> = {}): Ticket => ({
      hash: idOf(7),
      sessionHash: idOf(1),
      userId: admin.id,
      clusterId: '9',
      memberId: '10',
      expiresAt: START + 30_000,
      ...over,
    })

    it('SC-6 gives a ticket to one of fifty callers that know its hash, until the instant it expires', async () => {
      await store.accounts.createFirst(admin)
      await signIn(aSession(1))
      expect(await store.tickets.create(aTicket(), anEvent())).toBe(true)
      expect(await store.tickets.use(idOf(8))).toBeUndefined()
      expect(await store.tickets.find(idOf(7))).toEqual(aTicket())
      const got = await Promise.all(Array.from({ length: 50 }, () => store.tickets.use(idOf(7))))
      expect(got.filter((one) => one !== undefined)).toEqual([aTicket()])
      await store.tickets.create(aTicket({ hash: idOf(9) }), anEvent())
      now = START + 29_999
      expect(await store.tickets.find(idOf(9))).toBeDefined()
      now = START + 30_000
      expect(await store.tickets.find(idOf(9))).toBeUndefined()
      expect(await store.tickets.use(idOf(9))).toBeUndefined()
      await store.maintain()
    })

    it('SC-6 ends a ticket with its session, and makes none for one that has ended', async () => {
      await store.accounts.createFirst(admin)
      await signIn(aSession(1))
      await store.tickets.create(aTicket(), anEvent())
      await store.sessions.end(idOf(1), anEvent())
      expect(await store.tickets.find(idOf(7))).toBeUndefined()
      const { total: before } = await store.audit.page({}, { size: 1, isCounted: true })
      expect(await store.tickets.create(aTicket(), anEvent())).toBe(false)
      expect((await store.audit.page({}, { size: 1, isCounted: true })).total).toBe(before)
    })

    it('is healthy', async () => {
      expect(await store.health()).toBe('ok')
    })

    if (!openTwo) return // this way of opening has one store to a database

    it('SC-2 verifies exactly as many wrong guesses as are allowed, 300 at once over two stores', async () => {
      const two = await openTwo(clock)
      try {
        const outcomes = await Promise.all(
          Array.from({ length: 300 }, async (_, index) => {
            const { guard } = two[index % 2 ? 1 : 0]
            const reservation = await guard.reserve('admin', strict)
            return reservation.kind === 'granted' ? guard.settle(reservation.id, 'wrong', strict) : 'refused'
          }),
        )
        const times = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length
        expect([times('settled'), times('locked'), times('refused')]).toEqual([4, 1, 295])
        expect(await two[0].guard.reserve('admin', strict)).toEqual({
          kind: 'locked',
          retryAfterSeconds: 900,
        })
      } finally {
        await Promise.all(two.map((one) => one[Symbol.asyncDispose]()))
      }
    })

    it('SC-5 C46 keeps one account enabled when two stores disable the last two at once', async () => {
      const two = await openTwo(clock)
      try {
        await two[0].accounts.createFirst(admin)
        await two[0].accounts.add({ ...admin, id: 'ACCOUNT-2', username: 'other' }, anEvent())
        const set = (one: StateStore, name: string, isEnabled: boolean) =>
          one.accounts.setEnabled({ name, isEnabled, audit: anEvent() })
        for (let round = 0; round < 50; round += 1) {
          const outcomes = await Promise.all([set(two[0], 'admin', false), set(two[1], 'other', false)])
          expect(outcomes.toSorted()).toEqual(['changed', 'last'])
          await set(two[0], outcomes[0] === 'changed' ? 'admin' : 'other', true)
        }
      } finally {
        await Promise.all(two.map((one) => one[Symbol.asyncDispose]()))
      }
    })

    it('SC-3 SC-4 hold over two stores on one database', async () => {
      const two = await openTwo(clock)
      try {
        const created = await Promise.all(two.map(({ accounts }) => accounts.createFirst(admin)))
        expect(created.toSorted()).toEqual(['created', 'exists'])
        const changes = await Promise.all(
          Array.from({ length: 20 }, (_, index) =>
            attemptChange(two[index % 2 ? 1 : 0], {
              userId: admin.id,
              verified: 'hash-1',
              to: `new-${index}`,
            }),
          ),
        )
        expect(changes.filter((outcome) => outcome === 'changed')).toHaveLength(1)
        await attemptSignIn(two[0], { verified: `new-${changes.indexOf('changed')}`, session: aSession(1) })
        expect(await two[1].sessions.find(idOf(1))).toBeDefined()
        expect(await two[1].sessions.end(idOf(1), anEvent())).toBe(true)
        expect(await two[0].sessions.find(idOf(1))).toBeUndefined()
      } finally {
        await Promise.all(two.map((one) => one[Symbol.asyncDispose]()))
      }
    })
  })
}
