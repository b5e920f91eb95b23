/** "etco" */
export const APPLICATION_ID = 0x6574636f
export const SCHEMA_VERSION = 1

/** storage.md 6.4. `members` is JSON, `bytes` the length of the body. */
export const TABLES = `
CREATE TABLE batch      (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, members TEXT NOT NULL, lines INTEGER NOT NULL,
                         samples INTEGER NOT NULL, bytes INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
CREATE INDEX batch_at ON batch (at, bytes);
CREATE TABLE quarantine (id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, status INTEGER NOT NULL, reason TEXT NOT NULL,
                         line TEXT NOT NULL) STRICT;
CREATE TABLE newest     (member TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE meta       (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`
