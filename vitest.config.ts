import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { chromiumLaunch } from '@etcdmonitor/rig/chromium'
import { playwright } from '@vitest/browser-playwright'
import solid from 'vite-plugin-solid'
import { defineConfig } from 'vitest/config'

/** A condition that is awaited measures nothing: by default it has one second, which a busy machine may take for a moment's work. */
const awaited = { expect: { poll: { timeout: 60_000 } } }
/** What a program of ours compiled at its start, the next one does not compile again: half of what a start takes. */
const compiled = { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/compiled') }
const node = {
  ...awaited,
  environment: 'node' as const,
  env: compiled,
  setupFiles: ['test/setup/seed.ts'],
  testTimeout: 120_000,
}
/** As in the image. Not where Playwright runs: it would wait for ever for what it gives up, for it writes to `__proto__` as it says so. */
const strict = { execArgv: ['--disable-proto=throw'] }
/**
 * Servers, browsers and a machine that others use: several conditions, each with all of its time, so what hangs is found and
 * what is slow passes. What fails all the same in CI is tried again, and named at the end.
 */
const patient = { testTimeout: 240_000, hookTimeout: 240_000, retry: process.env.CI === 'true' ? 1 : 0 }

const cores = availableParallelism()
/** Projects of one group run together, groups one after the other. By default vitest keeps one core back: of two, it used one. */
const group = (groupOrder: number, maxWorkers: number) => ({ maxWorkers, sequence: { groupOrder } })
const computes = group(0, cores)
const paints = group(1, cores)
const waits = group(2, cores + 1) // for deadlines, and for servers and consoles to start
const alone = group(3, 1)
/** What these measure, within seconds or as rates, a machine that others use as well would spoil. */
const measured = [
  'packages/adapters/src/postgres/{existing-state,state-faults}.server.test.ts',
  'packages/api/src/audit/audit-away.server.test.ts',
  'packages/collector/src/scrape/hung-member.server.test.ts',
  'test/faults/{both-stores-away,clock-steps,collector-pause,member-restart,rolling-defragment}.test.ts',
  'test/security/{account-commands,behind-proxy,key-rotation,postgres-away,several-apis}.test.ts',
]

const ui = { root: 'packages/ui', plugins: [solid()] } // root: pnpm hides solid-js from anywhere else

export default defineConfig({
  test: {
    reporters: ['default', './scripts/tally-reporter.ts'],
    projects: [
      {
        test: {
          ...node,
          ...strict,
          ...computes,
          name: 'node',
          include: [
            'packages/{core,adapters,api,collector,cli}/src/**/*.test.ts',
            'test/rig/src/**/*.test.ts',
            'test/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/*.server.test.ts'],
        },
      },
      {
        test: {
          ...node,
          ...strict,
          ...patient,
          ...waits,
          name: 'servers',
          include: ['{packages/*,test/rig}/src/**/*.server.test.ts'],
          exclude: ['**/node_modules/**', ...measured],
          globalSetup: ['test/setup/share-influxdb.ts'],
        },
      },
      {
        ...ui,
        test: {
          ...awaited,
          ...computes,
          testTimeout: 60_000,
          name: 'ui',
          environment: 'jsdom',
          isolate: false, // one document for all: making one takes longer than the tests of a file, which clean up after themselves
          include: ['src/**/*.test.{ts,tsx}'],
          setupFiles: ['test/setup.ts'],
        },
      },
      {
        ...ui,
        // scanned up front: a dependency found late reloads the page mid-run and fails the run
        optimizeDeps: { entries: ['src/**/*.{ts,tsx}', 'test/setup.ts'] },
        test: {
          ...awaited,
          ...patient,
          ...paints,
          name: 'browser',
          include: ['src/**/*.browser.tsx'],
          setupFiles: ['test/setup.ts'],
          api: { host: '127.0.0.1' },
          browser: {
            enabled: true,
            headless: true,
            provider: playwright({ launchOptions: chromiumLaunch() }),
            instances: [{ browser: 'chromium' }],
            screenshotFailures: false,
          },
        },
      },
      {
        test: {
          ...node,
          ...patient,
          ...waits,
          name: 'system',
          include: ['test/{browser,faults,security}/*.test.ts'],
          exclude: measured,
          globalSetup: ['test/setup/build-ui.ts'],
        },
      },
      {
        test: {
          ...node,
          ...patient,
          ...alone,
          name: 'measured',
          include: measured,
          globalSetup: ['test/setup/build-ui.ts'],
        },
      },
    ],
  },
})
