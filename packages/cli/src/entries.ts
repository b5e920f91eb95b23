import { fileURLToPath } from 'node:url'

const ENTRIES = {
  api: () => import.meta.resolve('@etcdmonitor/api/node'),
  collector: () => import.meta.resolve('@etcdmonitor/collector/main'),
} as const

export type EntryName = keyof typeof ENTRIES

/** Arguments of Node that run an entry with this configuration file, or with the one it finds by itself. */
export const entryArgs = (name: EntryName, configFile: string | undefined): readonly string[] => [
  fileURLToPath(ENTRIES[name]()),
  ...(configFile === undefined ? [] : ['--config', configFile]),
]
