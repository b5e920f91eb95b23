import { type FileHandle, link, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface NewFile {
  readonly file: string
  readonly content: string
  /** A name beside it that no other process uses, for what is not finished. */
  readonly mark: string
}

/** Puts a whole file (0600) in the place of what has this name, if anything: after a crash there is the old or the new one. */
export async function replaceDurably(wanted: NewFile): Promise<void> {
  await withDraft(wanted, (draft) => rename(draft, wanted.file))
}

/** The same, but leaves a file that is there as it is. False: there was one. */
export async function createDurably(wanted: NewFile): Promise<boolean> {
  return withDraft(wanted, async (draft) => {
    try {
      await link(draft, wanted.file) // unlike rename it fails where the name is taken
      return true
    } catch (error) {
      if (isCode(error, 'EEXIST')) return false
      throw error
    }
  })
}

/** The draft is gone afterwards, whatever happens; only a death of the process in between leaves it. */
async function withDraft<T>(
  { file, content, mark }: NewFile,
  place: (draft: string) => Promise<T>,
): Promise<T> {
  const draft = `${file}.${mark}`
  try {
    await writeDraft(draft, content)
    return await place(draft)
  } finally {
    await rm(draft, { force: true })
    await syncFolder(file)
  }
}

async function writeDraft(draft: string, content: string): Promise<void> {
  await using handle = await open(draft, 'wx', 0o600)
  await handle.writeFile(content)
  await handle.sync()
}

async function syncFolder(file: string): Promise<void> {
  await using folder: FileHandle = await open(dirname(file), 'r')
  await folder.sync()
}

export const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
