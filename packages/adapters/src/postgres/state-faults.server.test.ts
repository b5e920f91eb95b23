import { anEvent, anIntent, SUCCEEDED } from '@etcdmonitor/core/contracts/audit-entries'
import { attemptSignIn, POLICY } from '@etcdmonitor/core/contracts/state-attempts'
import type { NewRun } from '@etcdmonitor/core/ports/run-store'
import type { StateStore } from '@etcdmonitor/core/ports/state-store'
import { startFaultProxy } from '@etcdmonitor/rig/fault-proxy'
import { watchLateness } from '@etcdmonitor/rig/lateness'
import { needServer } from '@etcdmonitor/rig/need-server'
import { describe, expect, it } from 'vitest'
import { ADMIN, givenSchemas, SESSION, SLACK } from './given-schemas.contract.ts'

const session = SESSION
const { idHash } = SESSION
const signIn = { verified: 'h', session, rehash: 'rehashed' }
const change = { userId: 'A', verified: 'h', to: 'changed' }
const audit = anEvent()

const process = { kind: 'api', host: 'h', pid: 7, version: '1.0.0' } as const
const owner = { runId: 'R', instanceId: 'I', generation: 1 }
const run: NewRun = {
  id: 'R',
  operation: 'compact',
  clusterId: '9',
  accountId: 'A',
  username: 'admin',
  params: {},
  steps: [],
  intent: anIntent('R'),
}

/** Every method that asks the server, and how long it may take to say that it is away. */
const CALLS: readonly (readonly [string, number, (store: StateStore) => Promise<unknown>])[] = [
  ['sessions.find', 1_000, ({ sessions }) => sessions.find(idHash)],
  ['sessions.isPresent', 1_000, ({ sessions }) => sessions.isPresent(idHash)],
  ['sessions.end', 6_000, ({ sessions }) => sessions.end(idHash, audit)],
  ['accounts.count', 6_000, ({ accounts }) => accounts.count()],
  ['accounts.find', 6_000, ({ accounts }) => accounts.find('admin')],
  ['accounts.get', 6_000, ({ accounts }) => accounts.get('A')],
  ['accounts.createFirst', 6_000, ({ accounts }) => accounts.createFirst(ADMIN)],
  ['accounts.signIn', 6_000, ({ accounts }) => accounts.signIn({ ...signIn, reservationId: 'R', audit })],
  [
    'accounts.changePassword',
    6_000,
    ({ accounts }) => accounts.changePassword({ ...change, reservationId: 'R', audit }),
  ],
  ['accounts.list', 6_000, ({ accounts }) => accounts.list()],
  ['accounts.add', 6_000, ({ accounts }) => accounts.add(ADMIN, audit)],
  [
    'accounts.setEnabled',
    6_000,
    ({ accounts }) => accounts.setEnabled({ name: 'admin', isEnabled: false, audit }),
  ],
  [
    'accounts.resetPassword',
    6_000,
    ({ accounts }) => accounts.resetPassword({ name: 'admin', to: 'reset', audit }),
  ],
  ['panels.get', 6_000, ({ panels }) => panels.get('A')],
  ['panels.put', 6_000, ({ panels }) => panels.put('A', '{}', audit)],
  ['accounts.accept', 6_000, ({ accounts }) => accounts.accept({ ...change, reservationId: 'R', audit })],
  ['guard.reserve', 6_000, ({ guard }) => guard.reserve('admin', POLICY)],
  ['guard.settle', 6_000, ({ guard }) => guard.settle('R', 'wrong', POLICY)],
  ['guard.clear', 6_000, ({ guard }) => guard.clear('admin', audit)],
  ['audit.intent', 2_000, ({ audit }) => audit.intent(anIntent('A'))],
  ['audit.outcome', 2_000, ({ audit }) => audit.outcome('B', SUCCEEDED)],
  ['audit.event', 2_000, ({ audit }) => audit.event(anEvent())],
  ['audit.page', 6_000, ({ audit }) => audit.page({}, { size: 1 })],
  ['audit.sweep', 6_000, (store) => store.audit.sweep({ days: 90, maxRows: 10_000 })],
  ['instances.beat', 6_000, ({ instances }) => instances.beat(process)],
  ['instances.leave', 6_000, ({ instances }) => instances.leave()],
  ['instances.interruptDead', 6_000, ({ instances }) => instances.interruptDead()],
  ['runs.begin', 2_000, ({ runs }) => runs.begin(run)],
  ['runs.beginStep', 2_000, ({ runs }) => runs.beginStep(owner, 0, {})],
  ['runs.endStep', 6_000, ({ runs }) => runs.endStep(owner, 0, { state: 'succeeded', message: '' })],
  ['runs.progress', 6_000, ({ runs }) => runs.progress(owner, { done: 1, unit: 'members' })],
  ['runs.releaseLock', 6_000, ({ runs }) => runs.releaseLock(owner)],
  ['runs.takeOver', 6_000, ({ runs }) => runs.takeOver()],
  ['runs.takeBack', 6_000, ({ runs }) => runs.takeBack('R')],
  ['runs.get', 6_000, ({ runs }) => runs.get('R')],
  ['runs.list', 6_000, ({ runs }) => runs.list({ limit: 1 })],
  ['runs.deleteEndedBefore', 6_000, ({ runs }) => runs.deleteEndedBefore(1)],
  ['audit.countRows', 6_000, (store) => store.audit.countRows()],
  ['now', 6_000, (store) => store.now()],
  ['maintain', 6_000, (store) => store.maintain()],
]
/** Nothing was done, for it could not be recorded. */
const WRITES_OF_AUDIT = ['audit.intent', 'audit.outcome', 'audit.event', 'runs.begin', 'runs.beginStep']

needServer('postgres', () => {
  const { server, schema, url, begin, open, openFilled } = givenSchemas()

  /** All calls at once, more than there are connections. */
  async function expectAway(store: StateStore, calls = CALLS): Promise<void> {
    using late = watchLateness()
    await Promise.all(
      calls.map(async ([name, limit, call]) => {
        const begun = performance.now()
        const code = WRITES_OF_AUDIT.includes(name) ? 'audit_unavailable' : 'auth_store_unavailable'
        await expect(call(store), name).rejects.toMatchObject({ code })
        expect(performance.now() - begun, name).toBeLessThan(limit + SLACK + late.most())
      }),
    )
  }

  /** Within 5 s, by looks that began before. */
  async function expectAnswers(store: StateStore): Promise<void> {
    const back = performance.now()
    let last = back
    const look = () => {
      last = performance.now()
      return store.health()
    }
    await expect.poll(look).not.toBe('unavailable')
    expect(last - back).toBeLessThan(5_000 + SLACK)
  }

  async function expectBack(store: StateStore): Promise<void> {
    await expectAnswers(store)
    expect(await store.accounts.find('admin')).toMatchObject({ passwordHash: 'h' })
    expect(await attemptSignIn(store, { verified: 'h', session })).toBe('created')
    expect(await store.sessions.find(idHash)).toMatchObject({ username: 'admin' })
    expect(await store.health()).toBe('ok')
  }

  describe('a server that is away', () => {
    it('SC-15 F48 is killed: every call says so, and all work again when it is back', async () => {
      const store = await openFilled()
      await server().kill()
      await expectAway(store)
      expect(await store.health()).toBe('unavailable')
      await server().restart()
      await expectBack(store)
    })

    it('SC-15 F48 hangs: every call says so within its limit, and all work again when it goes on', async () => {
      const store = await openFilled()
      server().hang()
      await expectAway(store)
      expect(await store.health()).toBe('unavailable')
      server().resume()
      await expectBack(store)
    })

    it('SC-15 is killed inside a transaction: nothing of it is left', async () => {
      const store = await open()
      await expect(store.accounts.createFirst(ADMIN, () => server().kill())).rejects.toMatchObject({
        code: 'auth_store_unavailable',
      })
      await server().restart()
      await expectAnswers(store)
      expect(await store.accounts.count()).toBe(0)
      expect(await store.accounts.createFirst(ADMIN)).toBe('created')
    })

    it('F48 commits and its answer is lost: what was done is found, and not done again', async () => {
      await using proxy = await startFaultProxy(server().url)
      const store = await open(url().replace(/:\d+\//, `:${proxy.port}/`))
      const lost = store.accounts.createFirst(ADMIN, () => proxy.set({ mode: 'stall', direction: 'down' }))
      await expect(lost).rejects.toMatchObject({ code: 'auth_store_unavailable' })
      await proxy.set({ mode: 'pass' })
      await expectAnswers(store)
      expect(await store.accounts.get('A')).toMatchObject({ username: 'admin' })
      expect(await store.accounts.createFirst({ ...ADMIN, id: 'B' })).toBe('exists')
    })

    it('ends idle connections without anybody noticing', async () => {
      const store = await openFilled()
      await Promise.all(CALLS.slice(2, 5).map(([, , call]) => call(store)))
      await server().query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'etcdmonitor-api'`,
      )
      const left = `select count(*) from pg_stat_activity where application_name = 'etcdmonitor-api'`
      await expect.poll(() => server().query(left)).toEqual(['0'])
      await expectBack(store)
    })

    it('F5 is away at the start: calls say so, and it is ready when the server comes', async () => {
      await server().kill()
      const { state, ready } = begin()
      await expectAway(state)
      await server().restart()
      using late = watchLateness()
      const begun = performance.now()
      await ready
      expect(performance.now() - begun).toBeLessThan(3_000 + SLACK + late.most())
      expect(await state.accounts.createFirst(ADMIN)).toBe('created')
    })

    it('is closed while the server hangs', async () => {
      const store = await openFilled()
      server().hang()
      using late = watchLateness()
      const begun = performance.now()
      await store[Symbol.asyncDispose]()
      expect(performance.now() - begun).toBeLessThan(3_000 + SLACK + late.most())
      server().resume()
    })
  })

  it('C49 whose tables somebody has dropped says so at every call', async () => {
    const store = await openFilled()
    await server().query(`drop schema ${schema()} cascade`)
    await expectAway(
      store,
      CALLS.filter(([name]) => name !== 'now'), // the server's clock needs no table
    )
    await expect(store.accounts.count()).rejects.toThrow('the state store has lost its tables')
  })

  describe('the clock', () => {
    it('is the server’s', async () => {
      const store = await open()
      const ask = async () =>
        Number((await server().query('select floor(extract(epoch from clock_timestamp()) * 1000)'))[0])
      const before = await ask()
      const now = await store.now()
      expect(now).toBeGreaterThanOrEqual(before)
      expect(now).toBeLessThanOrEqual((await ask()) + 1)
    })
  })
})
