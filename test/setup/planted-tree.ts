import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url))

export interface PlantedTree extends Disposable {
  /** Puts text into a file of the tree, and its folders. */
  plant(file: string, text: string): void
  /** Makes `link` lead to a folder of the tree, or to an absolute path. */
  link(link: string, folder: string): void
  remove(path: string): void
  /** Runs a tool of the repository inside the tree. */
  run(
    command: string,
    args: readonly string[],
    env?: NodeJS.ProcessEnv,
  ): { readonly status: number | null; readonly output: string }
}

/** A temporary tree that begins with copies of the given files of the repository, in which faults are planted. */
export function openPlantedTree(...files: readonly string[]): PlantedTree {
  const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-gates-'))
  for (const file of files) cpSync(join(REPOSITORY, file), join(folder, file), { recursive: true })
  const PATH = [join(REPOSITORY, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  return {
    plant(file, text) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), text)
    },
    link(link, target) {
      mkdirSync(dirname(join(folder, link)), { recursive: true })
      symlinkSync(resolve(folder, target), join(folder, link))
    },
    remove: (path) => rmSync(join(folder, path), { recursive: true }),
    run(command, args, env = {}) {
      const options = { cwd: folder, env: { ...process.env, PATH, ...env }, encoding: 'utf8' } as const
      const { status, stdout, stderr } = spawnSync(command, args, options)
      return { status, output: stdout + stderr }
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
}
