import { DatabaseSync } from 'node:sqlite'
import type { TickBatch } from '@etcdmonitor/core/metrics/sample'

/** Names of one tick that become rows. */
export const ROWS = 100

const COLUMNS =
  'timestamp INTEGER NOT NULL, member_id TEXT NOT NULL, metric_name TEXT NOT NULL, metric_value REAL'
/** A row a sample: as the reference has it, and with nothing but a key (storage.md 8.1). */
const SCHEMAS = {
  reference: {
    table: `CREATE TABLE sample (id INTEGER PRIMARY KEY AUTOINCREMENT, ${COLUMNS})`,
    indexes: `CREATE INDEX by_time ON sample (member_id, timestamp);
      CREATE INDEX by_name ON sample (member_id, metric_name, timestamp)`,
  },
  plain: {
    table: `CREATE TABLE sample (${COLUMNS}, PRIMARY KEY (member_id, metric_name, timestamp)) WITHOUT ROWID`,
    indexes: '',
  },
}

export interface RowTable extends Disposable {
  /** One tick in one transaction that survives the machine. */
  append(batch: TickBatch): void
  /** Averages of the slots of all names of a member, as JSON. Instants and step in ms. */
  averages(
    member: string,
    view: { readonly from: number; readonly to: number; readonly step: number },
  ): string
}

/** A new file with all of `batches` in it. */
export function fillRowTable(
  schema: keyof typeof SCHEMAS,
  file: string,
  batches: Iterable<TickBatch>,
): RowTable {
  const db = new DatabaseSync(file)
  const { table, indexes } = SCHEMAS[schema]
  db.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; ${table}; BEGIN`)
  const insert = db.prepare(
    'INSERT INTO sample (timestamp, member_id, metric_name, metric_value) VALUES (?, ?, ?, ?)',
  )
  const store = ({ at, members }: TickBatch) => {
    for (const { memberId, scalars } of members)
      for (const { source, labels, value } of scalars.slice(0, ROWS))
        insert.run(BigInt(at / 1_000), memberId, [source, ...Object.values(labels)].join(' '), value)
  }
  for (const batch of batches) store(batch)
  db.exec(`COMMIT; ${indexes}; ANALYZE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`)
  const query = db.prepare(
    `SELECT timestamp / ?1 * ?1 AS slot, metric_name, AVG(metric_value) AS value FROM sample
      WHERE member_id = ?2 AND timestamp >= ?3 AND timestamp < ?4 GROUP BY timestamp / ?1, metric_name`,
  )
  return {
    append(batch) {
      db.exec('BEGIN')
      store(batch)
      db.exec('COMMIT')
    },
    averages: (member, { from, to, step }) =>
      JSON.stringify(query.all(...[BigInt(step / 1_000), member, BigInt(from / 1_000), BigInt(to / 1_000)])),
    [Symbol.dispose]: () => db.close(),
  }
}
