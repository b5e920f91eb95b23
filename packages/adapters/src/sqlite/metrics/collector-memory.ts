import type { DatabaseSync } from 'node:sqlite'

const MAX_KEYS = 16
const MAX_TEXT = 65_536

/** `meta` rows `memory/<key>`: what the collector remembers across restarts. */
export function createCollectorMemory(db: DatabaseSync) {
  const read = db.prepare('SELECT value FROM meta WHERE key = ?')
  const write = db.prepare(
    'INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  )
  const count = db.prepare("SELECT count(*) AS n FROM meta WHERE key LIKE 'memory/%' AND key <> ?")
  return {
    recall(key: string): string | undefined {
      const row = read.get(`memory/${key}`)
      return row && (JSON.parse(String(row.value)) as string) // as `remember` wrote it
    },
    /** Inside an open transaction. @throws Error beyond 16 keys or 64 KiB: a bug of the caller */
    remember(key: string, text: string): void {
      if (Buffer.byteLength(text) > MAX_TEXT) throw new Error(`${key} is longer than ${MAX_TEXT} bytes`)
      if (Number(count.get(`memory/${key}`)?.n) >= MAX_KEYS)
        throw new Error(`more than ${MAX_KEYS} things to remember`)
      write.run(`memory/${key}`, JSON.stringify(text)) // escapes what SQLite's texts would not give back
    },
  }
}
