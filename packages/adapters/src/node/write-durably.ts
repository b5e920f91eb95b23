import { type FileHandle, link, open, rename, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface NewFile {
  readonly file: string
  readonly content: string
  /** A name beside it that no other process uses, for what is not finished. */
  readonly mark: string
}

/** Puts a whole file (0600) in the place of what has this name, if anything: after a crash there is the old or the new one. */
export async function replaceDurably({ file, content, mark }: NewFile): Promise<void> {
  const draft = await writeDraft(`${file}.${mark}`, content)
  await rename(draft, file)
  await syncFolder(file)
}

/** The same, but leaves a file that is there as it is. False: there was one. */
export async function createDurably({ file, content, mark }: NewFile): Promise<boolean> {
  const draft = await writeDraft(`${file}.${mark}`, content)
  try {
    await link(draft, file) // unlike rename it fails where the name is taken
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  } finally {
    await unlink(draft)
    await syncFolder(file)
  }
}

async function writeDraft(draft: string, content: string): Promise<string> {
  await using handle = await open(draft, 'wx', 0o600)
  await handle.writeFile(content)
  await handle.sync()
  return draft
}

async function syncFolder(file: string): Promise<void> {
  await using folder: FileHandle = await open(dirname(file), 'r')
  await folder.sync()
}

export const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
