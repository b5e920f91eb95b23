import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { buildUi } from './build-ui.ts'

/** Stands for vite: counts its runs and copies the source, or fails as it does. */
const VITE = `
import { appendFileSync, cpSync } from 'node:fs'
appendFileSync('../../runs', 'x')
cpSync('src', process.argv[process.argv.indexOf('--outDir') + 1], { recursive: true })
`

let root: string
const write = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
const runs = () => (existsSync(join(root, 'runs')) ? readFileSync(join(root, 'runs'), 'utf8').length : 0)
const built = () => readFileSync(join(root, 'packages/ui/dist/main.tsx'), 'utf8')

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'etcdmonitor-ui-'))
  write('pnpm-lock.yaml', 'lock')
  write('tsconfig.base.json', '{}')
  write('packages/core/src/time.ts', 'core')
  write('packages/ui/src/main.tsx', 'one')
  write('packages/ui/node_modules/vite/bin/vite.js', VITE)
  write('packages/ui/package.json', '{"type":"module"}')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

it('builds once for the same inputs, and again when one of them changes', async () => {
  expect(await buildUi(root)).toBe(join(root, 'packages/ui/dist'))
  await buildUi(root)
  expect(runs()).toBe(1)
  write('packages/ui/src/main.tsx', 'two')
  await buildUi(root)
  expect(built()).toBe('two')
  for (const [index, path] of [
    'packages/core/src/time.ts',
    'pnpm-lock.yaml',
    'packages/ui/public/theme.js',
  ].entries()) {
    write(path, 'changed')
    await buildUi(root)
    expect(runs()).toBe(3 + index)
  }
})

it('does not build for a test or for what the build wrote', async () => {
  await buildUi(root)
  write('packages/ui/src/main.test.tsx', 'test')
  write('packages/ui/dist/other.js', 'x')
  write('packages/ui/node_modules/.cache/x', 'x')
  await buildUi(root)
  expect(runs()).toBe(1)
})

it('builds once when several want it at once', async () => {
  await Promise.all([buildUi(root), buildUi(root), buildUi(root)])
  expect(runs()).toBe(1)
})

it('keeps the old files when the build fails, says what it said, and tries again', async () => {
  await buildUi(root)
  write('packages/ui/src/main.tsx', 'two')
  write('packages/ui/node_modules/vite/bin/vite.js', `console.error('cannot find module'); process.exit(1)`)
  await expect(buildUi(root)).rejects.toThrow('cannot find module')
  expect(built()).toBe('one')
  write('packages/ui/node_modules/vite/bin/vite.js', VITE)
  await buildUi(root)
  expect(built()).toBe('two')
})

it('ends a build that nobody waits for any more', async () => {
  write(
    'packages/ui/node_modules/vite/bin/vite.js',
    `import { writeFileSync } from 'node:fs'
    writeFileSync('../../started', ''); setInterval(() => {}, 1000)`,
  )
  const stop = new AbortController()
  const build = buildUi(root, stop.signal)
  const outcome = build.catch((error: Error) => error.name)
  await expect.poll(() => existsSync(join(root, 'started'))).toBe(true)
  stop.abort()
  expect(await outcome).toBe('AbortError')
})
