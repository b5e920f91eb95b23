import type { Postgres } from '@etcdmonitor/rig/postgres'
import { eventually } from '../eventually.ts'

/** The last step of a rolling run is begun when all pauses are over, ms. */
const HELD_WITHIN = 120_000

export interface StepHold {
  /** From now on whoever commits a run whose steps match waits in that commit. */
  arm(pattern: string): Promise<void>
  /** Somebody waits in such a commit. */
  untilHeld(): Promise<void>
  /** The commit goes through, whether anybody hears of it or not; resolves when it has. */
  release(): Promise<void>
}

/**
 * A store that is slow to commit what is said of a step, so that a test can act between the commit and whoever waits for it: by a trigger
 * of PostgreSQL, which runs at the commit itself.
 */
export async function holdSteps({ query }: Pick<Postgres, 'query'>, schema: string): Promise<StepHold> {
  await query(`
    create table ${schema}.held (pattern text);
    create function ${schema}.hold() returns trigger language plpgsql as $$
      begin
        while exists (select from ${schema}.held where new.steps ~ pattern) loop perform pg_sleep(0.01); end loop;
        return null;
      end $$;
    create constraint trigger hold after update on ${schema}.ops_runs
      deferrable initially deferred for each row execute function ${schema}.hold();`)
  // another test may hold its own on the same server
  const waiting = async () => {
    const rows = await query(
      `select count(*) from pg_stat_activity a join pg_locks l on l.pid = a.pid
        where a.wait_event = 'PgSleep' and l.relation = '${schema}.held'::regclass`,
    )
    return rows[0] !== '0'
  }
  return {
    arm: async (pattern) => void (await query(`insert into ${schema}.held values ('${pattern}')`)),
    untilHeld: async () => void (await eventually('a step is held', waiting, HELD_WITHIN)),
    async release() {
      await query(`delete from ${schema}.held`)
      await eventually('it is committed', async () => !(await waiting()))
    },
  }
}

/** Steps of which one of this name runs, and says nothing but `message` so far. */
export const runningStep = (name: string, message = ''): string =>
  `"name":"${name}","memberId":"[0-9]*","memberName":"[^"]*","state":"running","message":"${message}`
