// proves: C1 C7
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { needServer } from '@etcdmonitor/rig/need-server'
import { type Postgres, startPostgres } from '@etcdmonitor/rig/postgres'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, changePassword, logIn, startApi, tokenOf, untilReady } from '../setup/console/call-api.ts'
import { runCommand } from '../setup/console/command.ts'
import { type Console, NEW_PASSWORD } from '../setup/console/console.ts'
import { FIRST_PASSWORD, openSharedState, type SharedState } from '../setup/console/shared-state.ts'
import { openDownload } from '../setup/downloads/stalled-download.ts'
import { lastInVain } from '../setup/eventually.ts'

const IS_FULL = process.env.TEST_SUITE === 'full'
const ROUNDS = IS_FULL ? 50 : 3
const TRIALS = IS_FULL ? 1_000 : 10
/** A right password among 300 is one of the 5 that are verified in 1 of 60 rounds: more than 12 in 200 are no chance. */
const HIDDEN_ROUNDS = IS_FULL ? 200 : 2
const MOST_FOUND = 12
/** So many of them are going on at the same time. */
const AT_ONCE = 5
const GUESSES = 300
const THRESHOLD = 5
const OTHER_PASSWORD = 'another only for tests'

/** The code of the answer, asked for again while there is no place to check a password, or the store has too much to do to reserve one. */
async function guess(
  at: Console,
  username: string,
  index: number,
  password = `guess ${index}`,
): Promise<unknown> {
  for (;;) {
    const { status, body } = await logIn(at, password, username)
    // had it been reserved, one verification would be missing among the answers, or be one too many
    if (status !== 503) return status === 200 ? 'signed_in' : body.code
    await sleep(500 + 5 * index) // as Retry-After says; all at once, they would take the machine from those they wait for
  }
}

/** As `tokenOf`, asked for again while there is no place to check a password: five at once wait for two. */
async function tokenWhenFree(at: Console): Promise<string> {
  for (;;) {
    const { status, body } = await logIn(at, NEW_PASSWORD)
    if (status === 200) return String(body.session_token)
    expect(status).toBe(503)
    await sleep(1_000) // as Retry-After says
  }
}

const statusOf = async (at: Console, token: string) => (await call(at, '/api/status', { token })).status

/** ms from `endedAt` to the beginning of the last request that was let in. */
const lastLetIn = (at: Console, token: string, endedAt: number): Promise<number> =>
  lastInVain('refused', async () => (await statusOf(at, token)) === 401, endedAt)

/** So many entries of the audit log that no kernel keeps their file for a client that does not read it: 50 MB. */
const FILLING = `
  INSERT INTO audit_log (class, op_id, phase, at, username, session_ref, address, instance_id, request_id, operation, target, params,
    outcome, code, message, duration_ms, count, run_id, cluster_id)
  WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 25000)
  SELECT 'act', 'FILLING-' || n, 'event', ${Date.now()}, 'admin', '', '', '', '', 'put', '/k', '{}', 'succeeded', '', '${'x'.repeat(2_000)}',
    0, 1, '', '' FROM numbers`

interface Place {
  readonly env: (shared: SharedState) => Readonly<Record<string, string>>
  /** Runs a statement in its database. */
  readonly run: (statement: string, shared: SharedState) => Promise<unknown>
}

/** What holds of three APIs on one store, whatever it is. The last test but one leaves `admin` locked. */
function severalApis(store: string, { env, run }: Place): void {
  describe(`three APIs on one ${store}`, () => {
    let shared: SharedState
    let apis: readonly [Console, Console, Console]
    beforeAll(async () => {
      shared = openSharedState()
      const start = () => startApi(shared.folder, env(shared))
      apis = await Promise.all([start(), start(), start()])
      for (const api of apis) await untilReady(api)
      expect((await changePassword(apis[0], FIRST_PASSWORD, NEW_PASSWORD)).status).toBe(200)
    })
    afterAll(async () => {
      await Promise.all(apis.map((api) => api[Symbol.asyncDispose]()))
      shared[Symbol.dispose]()
    })

    it(`C7 a session of one is good on all, and its end on one is its end on all within a second, ${TRIALS} times`, {
      timeout: 240_000 + TRIALS * 5_000,
    }, async () => {
      const [first, ...others] = apis
      const tryOnce = async () => {
        const token = await tokenWhenFree(first)
        for (const api of others) expect(await statusOf(api, token)).toBe(200)
        expect((await call(first, '/api/auth/logout', { token, body: {} })).status).toBe(200)
        const endedAt = performance.now()
        expect(await statusOf(first, token)).toBe(401)
        return Promise.all(others.map((api) => lastLetIn(api, token, endedAt)))
      }
      const waits: number[] = []
      for (let trial = 0; trial < TRIALS; trial += AT_ONCE)
        waits.push(...(await Promise.all(Array.from({ length: AT_ONCE }, tryOnce))).flat())
      expect(waits.filter((ms) => ms >= 1_000)).toEqual([])
      expect(waits).toHaveLength(2 * TRIALS)
      console.log(`${store}: let in for ${Math.round(Math.max(...waits))} ms after the end at the most`)
    })

    it('C7 a change of the password on one ends sessions, downloads and sign-ins under way on all, within a second', async () => {
      await run(FILLING, shared)
      const [first, ...others] = apis
      const tokens = await Promise.all(apis.map(tokenOf))
      const downloads = await Promise.all(
        others.map((api, index) => openDownload(api, '/api/ops/audit-logs/export', tokens[index + 1] ?? '')),
      )
      const signIns = others.map((api) => logIn(api, NEW_PASSWORD))
      expect((await changePassword(first, NEW_PASSWORD, OTHER_PASSWORD)).status).toBe(200)
      const endedAt = performance.now()
      for (const { status, body } of await Promise.all(signIns))
        if (status === 200) tokens.push(String(body.session_token))
      const ends = tokens.flatMap((token) => apis.map((api) => lastLetIn(api, token, endedAt)))
      expect((await Promise.all(ends)).filter((ms) => ms >= 1_000)).toEqual([])
      // nobody takes what they send: had they not been broken off, they would go on to their end now
      await sleep(Math.max(0, endedAt + 1_000 - performance.now()))
      expect(await Promise.all(downloads.map((download) => download.takeRest()))).toEqual([
        'broken',
        'broken',
      ])
      expect((await changePassword(first, OTHER_PASSWORD, NEW_PASSWORD)).status).toBe(200)
    })

    it(`C1 verifies exactly ${THRESHOLD} of ${GUESSES} wrong guesses at once, ${ROUNDS} times`, {
      timeout: 240_000 + ROUNDS * 30_000,
    }, async () => {
      for (let round = 1; round <= ROUNDS; round += 1) {
        const username = round === ROUNDS ? 'admin' : `nobody-${round}`
        const codes = await Promise.all(
          Array.from({ length: GUESSES }, (_, i) => guess(apis[i % 3] ?? apis[0], username, i)),
        )
        expect(countOf(codes)).toEqual({
          invalid_credentials: THRESHOLD,
          account_locked: GUESSES - THRESHOLD,
        })
      }
      for (const api of apis) expect((await logIn(api, NEW_PASSWORD)).body.code).toBe('account_locked')
    })

    it(`C1 hides a right password among ${GUESSES} guesses at once, ${HIDDEN_ROUNDS} times`, {
      timeout: 240_000 + HIDDEN_ROUNDS * 60_000,
    }, async () => {
      const settings = { ETCDMONITOR_STORAGE_DATA_DIR: shared.folder, ...env(shared) }
      let found = 0
      // each place as likely as any other
      for (const at of fc.sample(fc.noBias(fc.nat(GUESSES - 1)), HIDDEN_ROUNDS)) {
        expect((await runCommand(['unlock'], settings)).code).toBe(0)
        const passwords = Array.from({ length: GUESSES }, (_, i) => (i === at ? NEW_PASSWORD : undefined))
        const counts = countOf(
          await Promise.all(
            passwords.map((password, i) => guess(apis[i % 3] ?? apis[0], 'admin', i, password)),
          ),
        )
        const { signed_in: right = 0, invalid_credentials: wrong = 0, account_locked: locked } = counts
        // before a right one at most as many wrong ones as do not lock, after it as many as lock
        expect(wrong).toBeGreaterThanOrEqual(THRESHOLD)
        expect(wrong).toBeLessThanOrEqual(right * (THRESHOLD - 1) + THRESHOLD)
        expect(counts).toEqual({
          ...(right && { signed_in: 1 }),
          invalid_credentials: wrong,
          account_locked: GUESSES - right - wrong,
        })
        expect(locked).toBeGreaterThan(0)
        found += right
      }
      console.log(`${store}: the right password was found in ${found} of ${HIDDEN_ROUNDS} rounds`)
      expect(found).toBeLessThanOrEqual(MOST_FOUND)
    })
  })
}

function countOf(codes: readonly unknown[]): Readonly<Record<string, number>> {
  const counted = Array.from(Map.groupBy(codes, String), ([code, of]) => [code, of.length] as const)
  return Object.fromEntries(counted)
}

severalApis('SQLite file', {
  env: ({ folder }) => ({ ETCDMONITOR_STORAGE_DATA_DIR: join(folder, 'data') }),
  async run(statement, { folder }) {
    using database = new DatabaseSync(join(folder, 'data', 'state.db'))
    database.exec(statement)
  },
})

needServer('postgres', () => {
  let postgres: Postgres
  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(() => postgres[Symbol.asyncDispose]())

  severalApis('PostgreSQL', {
    env: (shared) => shared.onPostgres(postgres.url),
    run: (statement) => postgres.query(statement),
  })
})
