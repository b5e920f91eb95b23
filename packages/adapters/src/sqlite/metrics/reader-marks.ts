import type { DatabaseSync } from 'node:sqlite'

/** Each gives a function for the transaction in which something changes that readers keep. */
export function prepareReaderMarks(db: DatabaseSync) {
  const raise = db.prepare("UPDATE meta SET value = CAST(value + 1 AS TEXT) WHERE key = 'series_rev'")
  const renew = db.prepare("UPDATE meta SET value = lower(hex(randomblob(8))) WHERE key = 'store_id'")
  return {
    /** They read the rows of series again. */
    seriesChanged: () => void raise.run(),
    /** They drop all that they keep: ids may be given to others. */
    samplesChanged: () => void renew.run(),
  }
}
