import type { DatabaseSync } from 'node:sqlite'
import type {
  Outbox,
  OutboxBatch,
  OutboxTotals,
  RefusedLine,
  Settlement,
  WaitingBatch,
  WaitingSummary,
} from '@etcdmonitor/core/ports/outbox'

/** Characters of refused lines that are kept; the newest stay. */
const MAX_REFUSED = 10_485_760
const MAX_LISTED = 1_000
const SUMMARY = 'id, at, members, lines, samples, bytes'

type OldestBounds = Parameters<Outbox['oldest']>[0]
type Row = Readonly<Record<string, unknown>>

export type OutboxRows = ReturnType<typeof openOutboxRows>

/** The statements of the outbox on one connection; `settle` runs inside an open transaction. */
export function openOutboxRows(db: DatabaseSync) {
  const insert = db.prepare(
    'INSERT INTO batch (at, members, lines, samples, bytes, body) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const readOne = db.prepare(`SELECT ${SUMMARY}, body FROM batch WHERE id = ?`)
  const setBody = db.prepare('UPDATE batch SET body = ?, bytes = ? WHERE id = ?')
  const remove = db.prepare('DELETE FROM batch WHERE id = ?')
  const setNewest = db.prepare(
    'INSERT INTO newest VALUES (?, ?) ON CONFLICT (member) DO UPDATE SET at = excluded.at',
  )
  const insertRefused = db.prepare('INSERT INTO quarantine (at, status, reason, line) VALUES (?, ?, ?, ?)')
  const trimRefused = db.prepare(`DELETE FROM quarantine WHERE id <= (
    SELECT id FROM (SELECT id, sum(length(line)) OVER (ORDER BY id DESC) AS kept FROM quarantine)
    WHERE kept > ? ORDER BY id DESC LIMIT 1)`)
  const readNewest = db.prepare('SELECT member, at FROM newest')
  const readOldest = db.prepare(`SELECT ${SUMMARY}, body FROM batch WHERE id IN (
    SELECT id FROM (
      SELECT id, row_number() OVER waiting AS place, sum(lines) OVER waiting AS total
      FROM (SELECT id, lines FROM batch ORDER BY id LIMIT ?) WINDOW waiting AS (ORDER BY id))
    WHERE place = 1 OR total <= CAST(? AS INTEGER)) ORDER BY id`)
  const readLastTick = db.prepare(`SELECT ${SUMMARY} FROM batch
    WHERE at = (SELECT at FROM batch WHERE members <> '{}' ORDER BY id DESC LIMIT 1) AND members <> '{}' ORDER BY id`)
  const readSummaries = db.prepare(`SELECT ${SUMMARY} FROM batch
    WHERE at <= CAST(? AS INTEGER) OR at > CAST(? AS INTEGER) ORDER BY id LIMIT ${MAX_LISTED}`)
  const readNext = db.prepare(`SELECT ${SUMMARY}, body FROM batch WHERE at > ? AND EXISTS (
    SELECT 1 FROM json_each(iif(json_valid(members), members, '{}')) AS one, json_each(one.value) AS asked WHERE one.key = ? AND asked.value = ?)
    ORDER BY at LIMIT 1`)
  const readTotals = db.prepare(
    'SELECT count(*) AS records, coalesce(sum(bytes), 0) AS bytes, coalesce(min(at), 0) AS oldest FROM batch',
  )
  const readRefused = db.prepare(
    `SELECT at, status, reason, line FROM quarantine ORDER BY id DESC LIMIT ${MAX_LISTED}`,
  )

  return {
    settle({ remove: ids = [], add = [], replace = [], refused = [], newest = [] }: Settlement): void {
      for (const id of ids) remove.run(id)
      for (const batch of add) addBatch(batch)
      for (const { id, body } of replace) setBody.run(body, body.length, id)
      for (const { at, status, reason, line } of refused) insertRefused.run(at, status, reason, line)
      if (refused.length > 0) trimRefused.run(MAX_REFUSED)
      for (const [member, at] of newest) setNewest.run(member, at)
    },
    newest: (): ReadonlyMap<string, number> =>
      new Map(readNewest.all().map((row) => [String(row.member), Number(row.at)])),
    oldest: ({ records, lines = Number.MAX_SAFE_INTEGER }: OldestBounds): readonly WaitingBatch[] =>
      readOldest.all(records, lines).map(toBatch),
    lastTick: (): readonly WaitingSummary[] => readLastTick.all().map(toSummary),
    summaries: ({
      before = Number.MIN_SAFE_INTEGER,
      after = Number.MAX_SAFE_INTEGER,
    }): readonly WaitingSummary[] => readSummaries.all(before, after).map(toSummary),
    nextTick(member: string, group: string, at: number): WaitingBatch | undefined {
      const row = readNext.get(at, member, group)
      return row && toBatch(row)
    },
    read: (ids: readonly number[]): readonly WaitingBatch[] =>
      ids.flatMap((id) => {
        const row = readOne.get(id)
        return row ? [toBatch(row)] : []
      }),
    totals(): OutboxTotals {
      const { records, bytes, oldest } = readTotals.get() ?? {}
      return { records: Number(records), bytes: Number(bytes), oldestAt: Number(oldest) }
    },
    refused: (): readonly RefusedLine[] =>
      readRefused.all().map((row) => ({
        at: Number(row.at),
        status: Number(row.status),
        reason: String(row.reason),
        line: String(row.line),
      })),
  }

  function addBatch({ at, members, lines, samples, body }: OutboxBatch): void {
    insert.run(at, JSON.stringify(members), lines, samples, body.length, body)
  }
}

const toSummary = (row: Row): WaitingSummary => ({
  id: Number(row.id),
  at: Number(row.at),
  members: parseMembers(String(row.members)),
  lines: Number(row.lines),
  samples: Number(row.samples),
  bytes: Number(row.bytes),
})

/** As `addBatch` wrote it; `{}` where the disk did not keep it. */
function parseMembers(text: string): WaitingSummary['members'] {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

const toBatch = (row: Row): WaitingBatch => ({
  ...toSummary(row),
  body: row.body as Uint8Array, // a BLOB column of a STRICT table
})
