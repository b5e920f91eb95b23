import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes as random } from '@etcdmonitor/adapters/node/random'
import { openPostgresState } from '@etcdmonitor/adapters/postgres/state-store'
import { toSecret } from '@etcdmonitor/core/secret'
import { needServer } from '@etcdmonitor/rig/need-server'
import { type Postgres, startPostgres } from '@etcdmonitor/rig/postgres'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type LogLine, recordingLog } from '../api-rig.contract.ts'
import { createAuditTrail } from './audit-trail.ts'

const CALLER = { username: 'admin', address: '192.0.2.1', requestId: 'R' }
const put = (target: string) => ({ operation: 'put' as const, target })
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
      const begun = performance.now()
      const act = vi.fn(async () => undefined)
      await expect(trail.around(CALLER, put('refused'), act)).rejects.toMatchObject({
        code: 'audit_unavailable',
      })
      expect(performance.now() - begun).toBeLessThan(2_000 + SLACK)
      expect(act).not.toHaveBeenCalled()
      await comeBack()

      const verdicts = async () => {
        const { entries } = await store.audit.page({}, { size: 100 }).catch(() => ({ entries: [] }))
        return Object.fromEntries(entries.map(({ target, verdict, code }) => [target, [verdict, code]]))
      }
      await expect.poll(verdicts, { timeout: 20_000 }).toMatchObject({ done: ['succeeded', ''] })
      // an intent that was committed after all has the outcome that nothing followed
      await expect.poll(async () => (await verdicts()).refused?.[0], { timeout: 20_000 }).not.toBe('pending')
      expect(lines).toEqual([])
    },
  )
})
