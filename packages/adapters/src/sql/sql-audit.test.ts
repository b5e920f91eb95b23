import { DatabaseSync } from 'node:sqlite'
import { anEvent } from '@etcdmonitor/core/contracts/audit-entries'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { Kysely, type KyselyPlugin, sql } from 'kysely'
import { expect, it } from 'vitest'
import { randomBytes } from '../node/random.ts'
import { sqliteDialect } from '../sqlite/state/state-dialect.ts'
import { createAuditLog } from './audit-table.ts'
import { sqlAudit } from './sql-audit.ts'
import type { StateTables } from './state-tables.ts'

const opId = (number: number) => `OP-${String(number).padStart(3, '0')}`

/** 600 entries, and `meanwhile`, which runs once: after the first statement of the next look. */
async function openLog() {
  const clock = manualClock()
  let meanwhile: (() => Promise<unknown>) | undefined
  const between: KyselyPlugin = {
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      const once = meanwhile
      meanwhile = undefined
      await once?.()
      return result
    },
  }
  const dialect = sqliteDialect(new DatabaseSync(':memory:'))
  const types = { instant: 'integer', flag: 'integer', bytes: 'blob', identity: 'autoincrement' } as const
  await createAuditLog(new Kysely<unknown>({ dialect }), types)
  const db = new Kysely<StateTables>({ dialect })
  const audit = sqlAudit({
    clock,
    random: randomBytes,
    instanceId: '',
    nowMs: () => sql`${clock.now()}`,
    now: async () => clock.now(),
    holds: (text, part) => sql`instr(lower(${text}), ${part}) > 0`,
    excludeOthers: async () => undefined,
    transact: (work) => db.transaction().execute(work),
    look: (work) => work(db.withPlugin(between)),
  })
  const add = (from: number, to: number) =>
    Promise.all(Array.from({ length: to - from }, (_, index) => audit.event(anEvent(opId(from + index)))))
  await add(0, 600)
  return {
    add,
    audit,
    clock,
    /** `count` further entries at once. */
    fill: (count: number) =>
      sql`with recursive numbers(i) as (select 1 union all select i + 1 from numbers where i < ${count})
        insert into audit_log select null, class, op_id || '-' || i, phase, at + i, user_id, duration_ms, count, username,
          session_ref, address, instance_id, request_id, operation, target, params, outcome, code, message, run_id, cluster_id
        from (select * from audit_log where op_id = ${opId(0)}), numbers`.execute(db),
    meanwhile(act: () => Promise<unknown>) {
      meanwhile = act
    },
    db,
    async scan(act: () => Promise<unknown>) {
      meanwhile = act
      const ids: string[] = []
      for await (const batch of audit.scan({})) ids.push(...batch.map(({ opId }) => opId))
      return ids
    },
  }
}

const down = (from: number, to: number) =>
  Array.from({ length: from - to }, (_, index) => opId(from - 1 - index))

it('scans each entry once while new ones are added', async () => {
  const { add, scan } = await openLog()
  expect(await scan(() => add(600, 800))).toEqual(down(600, 0))
})

it('scans each entry once while others are removed', async () => {
  const { db, scan } = await openLog()
  const remove = () => db.deleteFrom('audit_log').where('id', '>', 400).execute()
  expect(await scan(remove)).toEqual(down(400, 0))
})

const FILTERS = [{}, { operation: 'put' }, { username: 'admin', operation: 'put' }, { from: 0 }] as const
const SEARCHES = [{ success: true }, { text: '/cfg/' }] as const

it.each([...FILTERS, ...SEARCHES])('counts over several looks with the filter %j', async (filter) => {
  const { audit, fill } = await openLog()
  await fill(44_400)
  expect(await audit.page(filter, { size: 1, isCounted: true })).toMatchObject({ total: 45_000 })
})

it.each([...FILTERS, ...SEARCHES])('gives up to count with the filter %j after 10 s', async (filter) => {
  const { audit, clock, fill, meanwhile } = await openLog()
  await fill(44_400)
  meanwhile(() => clock.advance(10_001))
  await expect(audit.page(filter, { size: 1, isCounted: true })).rejects.toMatchObject({ code: 'overloaded' })
})

it.each([{}, { success: true }])(
  'keeps a total above 10,000 for 10 s, one of the filter %j alone',
  async (filter) => {
    const { add, audit, clock, fill } = await openLog()
    const totalOf = async (of: object) => (await audit.page(of, { size: 1, isCounted: true })).total
    expect(await totalOf(filter)).toBe(600)
    await fill(9_401)
    expect(await totalOf(filter)).toBe(10_001)
    const added = add(600, 610)
    await clock.advance(1) // for others that come together, as those before did
    await added
    expect(await totalOf(filter)).toBe(10_001)
    expect(await totalOf({ operation: 'put' })).toBe(10_011)
    await clock.advance(9_999)
    expect(await totalOf(filter)).toBe(10_011)
  },
)

it('gives a page deep in a search', async () => {
  const { audit, fill } = await openLog()
  await fill(20_000)
  const page = { size: 2, skip: 20_300, isCounted: true }
  const found = { entries: [{ opId: opId(299) }, { opId: opId(298) }], hasMore: true, total: 20_600 }
  expect(await audit.page({ success: true }, page)).toMatchObject(found)
  expect(await audit.page({ success: true }, { size: 700, skip: 20_000 })).toMatchObject({ hasMore: false })
})
