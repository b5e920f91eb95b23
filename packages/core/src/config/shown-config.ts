import { type Config, KEYS } from './config-schema.ts'

/** Keys whose values people with a session may see: none tells an address, a path or a secret (api.md 5.6). Ending in a dot: a whole section. */
const SHOWN = [
  'collector.interval',
  'storage.retention_days',
  'kv_manager.',
  'ops.',
  'auth.lockout_threshold',
  'auth.lockout_duration_seconds',
  'auth.min_password_length',
  'server.session_timeout',
  'log.level',
]

export type ShownConfig = Readonly<Record<string, string | number | boolean>>

/** By path, such as `log.level`. */
export function shownConfig(config: Config): ShownConfig {
  const sections = new Map(
    Object.entries(config).map(([name, keys]) => [name, new Map(Object.entries(keys))]),
  )
  const shown = KEYS.filter(
    ({ path, isSecret }) =>
      !isSecret && SHOWN.some((one) => (one.endsWith('.') ? path.startsWith(one) : path === one)),
  )
  return Object.fromEntries(
    shown.flatMap(({ path, section, name }) => {
      const value = sections.get(section)?.get(name)
      return isPlain(value) ? [[path, value]] : []
    }),
  )
}

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
