import { toHex } from '@etcdmonitor/core/keys/bytes'
import type { StateStore } from '@etcdmonitor/core/ports/state-store'
import { sqlAccounts } from './sql-accounts.ts'
import { sqlAudit } from './sql-audit.ts'
import { sqlGuard, sweepGuards } from './sql-guard.ts'
import { sqlInstances, sweepInstances } from './sql-instances.ts'
import { sqlPanelConfigs } from './sql-panel-configs.ts'
import { sqlRuns } from './sql-runs.ts'
import { sqlSessions, sweepSessions } from './sql-sessions.ts'
import { sqlTickets, sweepTickets } from './sql-tickets.ts'
import type { StateDatabase } from './state-database.ts'
import { watchHealth } from './state-health.ts'

/** What an engine gives; its calls may throw the driver's errors. */
export interface StateEngine extends Omit<StateDatabase, 'now' | 'instanceId'> {
  /** Makes of a driver's error what the port promises; leaves others as they are. */
  translate(error: unknown): unknown
  close(): Promise<void>
}

/** The state store on an engine; owns it. */
export function sqlStateStore({ translate, close, ...engine }: StateEngine): StateStore {
  const health = watchHealth(engine.clock, translate)
  const database: StateDatabase = {
    ...engine,
    instanceId: toHex(engine.random(16)),
    async now(on) {
      const { now } = await on.selectNoFrom(engine.nowMs().as('now')).executeTakeFirstOrThrow()
      return now
    },
    transact: (work, limit) => health.write(() => engine.transact(work, limit)),
    look: (work, limit) => health.read(() => engine.look(work, limit)),
  }
  return {
    guard: sqlGuard(database),
    accounts: sqlAccounts(database),
    sessions: sqlSessions(database),
    tickets: sqlTickets(database),
    panels: sqlPanelConfigs(database),
    audit: sqlAudit(database),
    instances: sqlInstances(database),
    runs: sqlRuns(database),
    now: () => database.look(database.now),
    async maintain() {
      const moreSessions = await sweepSessions(database)
      const moreTickets = await sweepTickets(database)
      const moreGuards = await sweepGuards(database)
      await sweepInstances(database)
      return { more: moreSessions || moreTickets || moreGuards }
    },
    health: () =>
      health.ask(() => engine.look((read) => read.selectFrom('users').select('id').limit(1).execute())),
    [Symbol.asyncDispose]: close,
  }
}
