import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { takeLock } from './file-lock.ts'
import { hashUiInputs } from './ui-inputs.ts'

const SHOWN = 2_000
const checkout = resolve(import.meta.dirname, '../../..')

/** False in an image, which has the built files alone. */
export const isCheckout = (): boolean => existsSync(join(checkout, 'packages/ui/vite.config.ts'))

/**
 * Builds the user interface when its inputs are not those of the last build, and returns its folder. Processes that build at
 * once wait for the first. Whoever reads the folder sees the old files or the new ones: they are swapped by a rename.
 * @throws Error with what the build said; also when `signal` aborts
 */
export async function buildUi(root = checkout, signal?: AbortSignal): Promise<string> {
  const dist = join(root, 'packages/ui/dist')
  if (isFresh(root, dist)) return dist
  const cache = join(root, 'packages/ui/node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  using _lock = await takeLock(join(cache, 'build-ui.lock'), signal)
  for (const left of globSync('build-ui-*', { cwd: cache })) rmSync(join(cache, left), { recursive: true })
  const inputs = hashUiInputs(root)
  if (isFresh(root, dist)) return dist
  const fresh = join(cache, 'build-ui-fresh')
  await runVite(root, fresh, signal)
  writeFileSync(join(fresh, '.inputs'), inputs)
  swap(dist, fresh, join(cache, 'build-ui-old'))
  return dist
}

function isFresh(root: string, dist: string): boolean {
  const stamp = join(dist, '.inputs')
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hashUiInputs(root)
}

/** As a process of its own: building would keep ours from its signals for seconds. */
async function runVite(root: string, outDir: string, signal: AbortSignal | undefined): Promise<void> {
  const ui = join(root, 'packages/ui')
  const args = ['build', '--outDir', outDir, '--emptyOutDir', '--logLevel', 'warn']
  const vite = spawn(process.execPath, [join(ui, 'node_modules/vite/bin/vite.js'), ...args], {
    cwd: ui,
    env: { ...process.env, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal, killSignal: 'SIGKILL' }),
  })
  const output = Promise.all([text(vite.stdout), text(vite.stderr)])
  const [code] = await once(vite, 'close')
  if (code !== 0)
    throw new Error(`building the user interface failed:\n${(await output).join('').slice(-SHOWN)}`)
}

function swap(dist: string, fresh: string, old: string): void {
  if (existsSync(dist)) renameSync(dist, old)
  renameSync(fresh, dist)
  rmSync(old, { recursive: true, force: true })
}
