import type { StateStore } from '@etcdmonitor/core/ports/state-store'
import type { BenchContext, BenchFamily } from './bench.ts'
import { median, round3, type Subject, timed, timeInTurn } from './measure.ts'
import { type BenchRecord, judge } from './records.ts'
import { openPostgresDatabases, openSqliteDatabases, type StateDatabases } from './state-databases.ts'

const MANY = 1_000_000
const FEW = 1_000
const PAGE = 20
/** Calls of one measurement. */
const CALLS = 200
const NEVER_LOCKED = { threshold: 1_000_000, durationSeconds: 1 }
const DEMAND = { op: '<=', value: 5 } as const

/** The state store on both engines: calls one after the other, and pages of a long audit log beside those of a short one. */
export const stateBenches: BenchFamily = {
  ids: ['ST-17'],
  async run(_, context) {
    const opens = {
      sqlite: () => openSqliteDatabases(context.folder),
      postgres: openPostgresDatabases,
    }
    const records: BenchRecord[] = []
    for (const [engine, open] of Object.entries(opens)) {
      const databases = await open()
      if ('missing' in databases) {
        const nothing = { unit: 'ratio', runs: [], verdict: 'not_run' } as const
        records.push({ ...named(engine), ...nothing, reason: databases.missing })
        continue
      }
      await using opened = databases
      records.push(await measure(engine, opened, context.say))
    }
    return records
  },
}

const named = (engine: string) => ({
  id: `ST-17 ${engine}`,
  title: `page of ${PAGE} by cursor of a million audit rows on ${engine}, first and last, to that of a thousand`,
})

async function measure(
  engine: string,
  databases: StateDatabases,
  say: BenchContext['say'],
): Promise<BenchRecord> {
  await using few = await databases.open('few')
  await using many = await databases.open('many')
  say(`ST-17: a million audit rows into ${engine}`)
  await few.execute(rowsOf(engine, FEW))
  await many.execute(rowsOf(engine, MANY))
  const page = (store: StateStore, before: number) => () =>
    timed(() => store.audit.page({}, { size: PAGE, before }))
  const subjects: readonly Subject[] = [
    { id: 'few', measure: page(few, FEW + 1) },
    { id: 'first', measure: page(many, MANY + 1) },
    { id: 'last', measure: page(many, PAGE + 1) },
  ]
  const times = await timeInTurn(subjects)
  const of = (id: string) => median(times.get(id) ?? [])
  const value = round3(Math.max(of('first'), of('last')) / of('few'))
  const side = { first_ms: round3(of('first')), last_ms: round3(of('last')), ...(await countCalls(few)) }
  return {
    ...named(engine),
    unit: 'ratio',
    runs: [value],
    median: value,
    demand: DEMAND,
    verdict: judge(value, DEMAND),
    baseline: { id: `${FEW} rows`, unit: 'ms', median: round3(of('few')) },
    side,
  }
}

async function countCalls(store: StateStore) {
  const account = { id: 'ACCOUNT', username: 'admin', passwordHash: 'hash', mustChangePassword: false }
  await store.accounts.createFirst(account)
  const reserve = async () => {
    const reserved = await store.guard.reserve('admin', NEVER_LOCKED)
    if (reserved.kind !== 'granted') throw new Error(`a reservation is ${reserved.kind}`)
    return reserved.id
  }
  const session = { userId: account.id, kid: '0'.repeat(16), expiresAt: 0, address: '', userAgent: '' }
  const idHash = new Uint8Array(32)
  const audit = { ...ACT, ...DONE, opId: 'SIGN-IN', operation: 'login', count: 1 } as const
  const signedIn = { verified: account.passwordHash, session: { ...session, idHash }, audit }
  await store.accounts.signIn({ ...signedIn, reservationId: await reserve() })
  let acts = 0
  return {
    reserve_and_settle_per_s: await perSecond(async () =>
      store.guard.settle(await reserve(), 'void', NEVER_LOCKED),
    ),
    intent_and_outcome_per_s: await perSecond(async () => {
      const opId = `OP-${acts++}`
      await store.audit.intent({ ...ACT, opId })
      await store.audit.outcome(opId, DONE)
    }),
    session_find_per_s: await perSecond(async () => {
      if (!(await store.sessions.find(idHash))) throw new Error('the session is not found')
    }),
  }
}

const ACT = {
  class: 'act',
  operation: 'put',
  username: 'admin',
  sessionRef: '0a1b2c3d',
  address: '192.0.2.1',
  requestId: 'REQUEST',
  target: '/app/config',
  params: '{}',
  runId: '',
  clusterId: '',
} as const

const DONE = { verdict: 'succeeded', code: '', message: 'ok', durationMs: 1 } as const

async function perSecond(call: () => Promise<unknown>): Promise<number> {
  for (let warm = 0; warm < CALLS / 4; warm++) await call()
  const took = await timed(async () => {
    for (let i = 0; i < CALLS; i++) await call()
  })
  return Math.round((CALLS * 1_000) / took)
}

const NUMBERS: Readonly<Record<string, (count: number) => string>> = {
  sqlite: (count) =>
    `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count}) SELECT n FROM numbers`,
  postgres: (count) => `SELECT n FROM generate_series(1, ${count}) AS numbers (n)`,
}

/** Entries of one act each, as `AuditLog.event` stores them, numbered from 1. */
const rowsOf = (engine: string, count: number): string => `
  INSERT INTO audit_log (class, op_id, phase, at, username, session_ref, address, instance_id, request_id, operation,
      target, params, outcome, code, message, duration_ms, count, run_id, cluster_id)
    SELECT 'act', 'SEED-' || n, 'event', 1790000000000 + n * 1000, 'admin', '0a1b2c3d', '192.0.2.1', 'INSTANCE', 'REQUEST-' || n,
      'put', '/app/config/' || n, '{"ttl":0}', 'succeeded', '', 'ok', 14, 1, '', ''
    FROM (${NUMBERS[engine]?.(count)}) AS numbers;
  ANALYZE audit_log`
