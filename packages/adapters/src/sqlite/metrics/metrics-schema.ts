/** "etcm" */
export const APPLICATION_ID = 0x6574636d
export const SCHEMA_VERSION = 1

/** Only at creation, before the first table. */
export const CREATION_PRAGMAS = 'PRAGMA page_size = 8192; PRAGMA auto_vacuum = 2'

/** On every connection of the writer, in this order (storage.md 5.2). */
export const WRITER_PRAGMAS = `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;
PRAGMA wal_autocheckpoint = 1000; PRAGMA journal_size_limit = 67108864;
PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;
PRAGMA trusted_schema = 0; PRAGMA foreign_keys = 1`

export const READER_PRAGMAS =
  'PRAGMA query_only = 1; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0'

/**
 * storage.md 5.3, without what belongs to sealing. `head` is a rowid table on purpose: blobs in the index trees of WITHOUT ROWID tables
 * overflow badly.
 */
export const TABLES = `
CREATE TABLE meta   (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE member (id INTEGER PRIMARY KEY, cluster_id TEXT NOT NULL, member_id TEXT NOT NULL, first_at INTEGER NOT NULL,
                     info TEXT NOT NULL DEFAULT '{}', crc INTEGER NOT NULL, UNIQUE (cluster_id, member_id)) STRICT;
CREATE TABLE series (id INTEGER PRIMARY KEY, member INTEGER NOT NULL REFERENCES member(id), source TEXT NOT NULL, labels TEXT NOT NULL,
                     kind INTEGER NOT NULL CHECK (kind IN (1, 2, 3)), bounds TEXT NOT NULL, place INTEGER NOT NULL, crc INTEGER NOT NULL,
                     UNIQUE (member, source, labels, bounds)) STRICT;
CREATE TABLE head   (id INTEGER PRIMARY KEY, v BLOB NOT NULL) STRICT;
`
