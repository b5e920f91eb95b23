/** "etcm" */
export const APPLICATION_ID = 0x6574636d
export const SCHEMA_VERSION = 2

/** Only at creation, before the first table. */
export const CREATION_PRAGMAS = 'PRAGMA page_size = 8192; PRAGMA auto_vacuum = 2'

/** On every connection of the writer, in this order (storage.md 5.2). */
export const WRITER_PRAGMAS = `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;
PRAGMA wal_autocheckpoint = 1000; PRAGMA journal_size_limit = 67108864;
PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;
PRAGMA trusted_schema = 0; PRAGMA foreign_keys = 1`

export const READER_PRAGMAS =
  'PRAGMA query_only = 1; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0'

/** `newest` is written with each tick: apart from the texts of `member`, it stays on one page. */
export const SEALED_TABLES = `
CREATE TABLE newest (member INTEGER PRIMARY KEY, at INTEGER NOT NULL, ok_at INTEGER NOT NULL) STRICT;
CREATE TABLE win    (id INTEGER PRIMARY KEY, samples INTEGER NOT NULL, ts BLOB NOT NULL) STRICT;
CREATE TABLE chunk  (id INTEGER PRIMARY KEY, v BLOB NOT NULL) STRICT;
CREATE TABLE r5     (id INTEGER PRIMARY KEY, v BLOB NOT NULL) STRICT;
CREATE TABLE r30    (id INTEGER PRIMARY KEY, v BLOB NOT NULL) STRICT;
`

/**
 * storage.md 5.3. Tables of blobs are rowid tables on purpose: blobs in the index trees of WITHOUT ROWID tables overflow badly.
 * Columns stand in the order in which migrations add them.
 */
export const TABLES = `
CREATE TABLE meta   (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE member (id INTEGER PRIMARY KEY, cluster_id TEXT NOT NULL, member_id TEXT NOT NULL, first_at INTEGER NOT NULL,
                     info TEXT NOT NULL DEFAULT '{}', crc INTEGER NOT NULL, sealed_to INTEGER NOT NULL DEFAULT 0,
                     samples INTEGER NOT NULL DEFAULT 0, UNIQUE (cluster_id, member_id)) STRICT;
CREATE TABLE series (id INTEGER PRIMARY KEY, member INTEGER NOT NULL REFERENCES member(id), source TEXT NOT NULL, labels TEXT NOT NULL,
                     kind INTEGER NOT NULL CHECK (kind IN (1, 2, 3)), bounds TEXT NOT NULL, place INTEGER NOT NULL, crc INTEGER NOT NULL,
                     last_day INTEGER NOT NULL DEFAULT 0, UNIQUE (member, source, labels, bounds)) STRICT;
CREATE TABLE head   (id INTEGER PRIMARY KEY, v BLOB NOT NULL) STRICT;
${SEALED_TABLES}`
