import { createHash } from 'node:crypto'
import { type Dirent, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const FOLDERS = ['packages/ui', 'packages/core/src']
const FILES = ['pnpm-lock.yaml', 'tsconfig.base.json']
const isOutput = ({ name }: Dirent) => name === 'node_modules' || name === 'dist' || name.startsWith('.')

/** SHA-256 over names and contents of all that the user interface is built from, in a checkout at `root`. */
export function hashUiInputs(root: string): string {
  const found = FOLDERS.flatMap((folder) =>
    globSync(`${folder}/**/*`, { cwd: root, withFileTypes: true, exclude: isOutput })
      .filter((entry) => entry.isFile() && !/\.(test|browser)\.tsx?$/.test(entry.name))
      .map(({ parentPath, name }) => join(parentPath, name)),
  )
  const hash = createHash('sha256')
  for (const file of [...found, ...FILES.map((name) => join(root, name))].toSorted()) {
    const content = readFileSync(file)
    hash.update(`${file.slice(root.length)}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}
