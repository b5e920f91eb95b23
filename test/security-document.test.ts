import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { REPOSITORY } from './setup/planted-tree.ts'

const read = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8')

/** Claim => files that show it, of the last table of the document. */
const claims = new Map(
  Array.from(read('docs/security.md').matchAll(/^\| (C\d+) +\|.*\|(.*)\|$/gm), ([, id = '', shown = '']) => [
    id,
    Array.from(shown.matchAll(/`([^`]+)`/g), ([, path = '']) => path),
  ]),
)

describe('docs/security.md', () => {
  it.each([...claims])('%s names tests of that id', (id, paths) => {
    const tests = paths.filter((path) => !path.startsWith('bench/'))
    expect(tests.length).toBeGreaterThan(0)
    expect(tests.filter((path) => !new RegExp(String.raw`['\`\x20]${id}\b`).test(read(path)))).toEqual([])
  })

  it('has each claim that a test with several processes says to prove', () => {
    const files = globSync('test/security/*.test.ts', { cwd: REPOSITORY })
    const proved = files.flatMap((file) => /^\/\/ proves: (.*)$/m.exec(read(file))?.[1]?.split(' ') ?? [])
    expect(proved.filter((id) => !claims.has(id))).toEqual([])
    expect(proved.length).toBeGreaterThan(10)
  })
})
