const LOGS = 'logs go to standard output'

/** Keys of the reference that have no meaning here: accepted with a warning that says what takes their place. */
export const LEGACY_KEYS: ReadonlyMap<string, string> = new Map([
  ['storage.db_path', 'use storage.data_dir'],
  ['auth.bcrypt_cost', 'passwords are hashed with argon2id, which has no key'],
  ['kv_manager.connect_timeout', 'a connection has 2 s, and all of a request kv_manager.request_timeout'],
  ['kv_manager.tab_ping_interval', 'sessions end by server.session_timeout'],
  ['service.run_user', 'start the program as that user'],
  ...['dir', 'filename', 'max_size_mb', 'max_files', 'max_age', 'compress', 'console'].map(
    (key) => [`log.${key}`, LOGS] as const,
  ),
])

export const isLegacySection = (name: string): boolean =>
  [...LEGACY_KEYS.keys()].some((path) => path.startsWith(`${name}.`))
