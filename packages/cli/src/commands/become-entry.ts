import { type EntryName, entryArgs } from '../entries.ts'

/** Runs an entry in this process, which from here on is the entry: its signals, its log, its exit code. */
export async function becomeEntry(name: EntryName, configFile: string | undefined): Promise<void> {
  const [file = '', ...args] = entryArgs(name, configFile)
  process.argv.splice(1, Number.POSITIVE_INFINITY, file, ...args)
  await import(file)
}
