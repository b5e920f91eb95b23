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
