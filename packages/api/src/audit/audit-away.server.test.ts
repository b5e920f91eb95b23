import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes as random } from '@etcdmonitor/adapters/node/random'
import { openPostgresState } from '@etcdmonitor/adapters/postgres/state-store'
import { AppError } from '@etcdmonitor/core/errors'
import { toSecret } from '@etcdmonitor/core/secret'
import { watchLateness } from '@etcdmonitor/rig/lateness'
import { needServer } from '@etcdmonitor/rig/need-server'
import { type Postgres, startPostgres } from '@etcdmonitor/rig/postgres'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type LogLine, recordingLog } from '../api-rig.contract.ts'
import { startPulse } from '../beat.ts'
import { createAuditTrail } from './audit-trail.ts'

const CALLER = { username: 'admin', address: '192.0.2.1', requestId: 'R' }
const put = (target: string) => ({ operation: 'put' as const, target })
const IS_FULL = process.env.TEST_SUITE === 'full'
/** What this machine may add to a limit. */
const SLACK = 1_500

needServer('postgres', () => {
  let postgres: Postgres
  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(() => postgres[Symbol.asyncDispose]())

  it.each(['hangs', 'is killed'])(
    'C21 of a store that %s under an act: no other act begins, and the outcome comes later',
    async (how) => {
      const url = toSecret(postgres.url)
      const { state, ready } = openPostgresState({ url, poolSize: 4, kind: 'api', clock, random })
      await using store = state
      await ready
      const lines: LogLine[] = []
      await using trail = createAuditTrail({ state, clock, random, log: recordingLog(lines) })
      const goAway = async () => (how === 'hangs' ? postgres.hang() : postgres.kill())
      const comeBack = async () => (how === 'hangs' ? postgres.resume() : postgres.restart())

      expect(await trail.around(CALLER, put('done'), goAway)).toBeUndefined()
      using late = watchLateness()
      const begun = performance.now()
      const act = vi.fn(async () => undefined)
      await expect(trail.around(CALLER, put('refused'), act)).rejects.toMatchObject({
        code: 'audit_unavailable',
      })
      expect(performance.now() - begun).toBeLessThan(2_000 + SLACK + late.most())
      expect(act).not.toHaveBeenCalled()
      await comeBack()

      const verdicts = async () => {
        const { entries } = await store.audit.page({}, { size: 100 }).catch(() => ({ entries: [] }))
        return Object.fromEntries(entries.map(({ target, verdict, code }) => [target, [verdict, code]]))
      }
      await expect.poll(verdicts).toMatchObject({ done: ['succeeded', ''] })
      // an intent that was committed after all has the outcome that nothing followed
      await expect.poll(async () => (await verdicts()).refused?.[0]).not.toBe('pending')
      expect(lines).toEqual([])
    },
  )

  // it lasts minutes
  it.skipIf(!IS_FULL)(
    'C21 of a store that is away for a minute under two live processes, tells of every act how it ended',
    { timeout: 300_000 },
    async () => {
      const lines: LogLine[] = []
      const both = await Promise.all(['one', 'other'].map((host) => startProcess(host, lines)))
      const { promise: later, resolve: endLater } = Promise.withResolvers<void>()
      const ends = {
        ok: undefined,
        refused: new AppError('no_quorum', 'no leader'),
        lost: new Error('a bug'),
      }
      // three that end while the store is away, three that end when it is back, of each process
      const acts = both.flatMap(({ trail }, process) =>
        [away, later].flatMap((when, late) =>
          Object.entries(ends).map(([how, error]) =>
            trail.around(CALLER, put(`${how}-${process}-${late}`), async () => {
              await when
              if (error) throw error
            }),
          ),
        ),
      )
      const ended = Promise.allSettled(acts)
      const [{ store }] = both as [(typeof both)[0]]
      const verdicts = async () => {
        const { entries } = await store.audit.page({ operation: 'put' }, { size: 100 })
        const mine = entries.filter(({ target }) => /^(ok|refused|lost)-/.test(target))
        return mine.map(({ target, verdict }) => `${target.split('-')[0]} ${verdict}`).toSorted()
      }
      await expect.poll(verdicts).toHaveLength(12)
      await postgres.kill()
      goAway()
      await clock.sleep(60_000, AbortSignal.timeout(120_000))
      await postgres.restart()
      endLater()
      await ended
      const wanted = ['lost unknown', 'ok succeeded', 'refused failed'].flatMap((one) => Array(4).fill(one))
      await expect.poll(verdicts, { timeout: 120_000 }).toEqual(wanted)
      // and so it stays once everybody may judge everybody again
      await clock.sleep(45_000, AbortSignal.timeout(120_000))
      expect(await verdicts()).toEqual(wanted)
      expect(lines.map(({ event }) => event)).not.toContain('audit_outcome_lost')
      for (const one of both) await one[Symbol.asyncDispose]()
    },
  )

  const { promise: away, resolve: goAway } = Promise.withResolvers<void>()

  /** A process that lives: it records, and beats. */
  async function startProcess(host: string, lines: LogLine[]) {
    const log = recordingLog(lines)
    const url = toSecret(postgres.url)
    const { state: store, ready } = openPostgresState({ url, poolSize: 4, kind: 'api', clock, random })
    await ready
    const pulse = await startPulse({ ...store, clock, log }, { kind: 'api', host, pid: 1, version: '1' })
    const trail = createAuditTrail({ state: store, clock, random, log })
    const stop = new AbortController()
    const beating = pulse.beatForEver(stop.signal)
    return {
      store,
      trail,
      async [Symbol.asyncDispose]() {
        stop.abort()
        await beating
        await trail[Symbol.asyncDispose]()
        await pulse[Symbol.asyncDispose]()
        await store[Symbol.asyncDispose]()
      },
    }
  }
})
