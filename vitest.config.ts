import { chromiumLaunch } from '@etcdmonitor/rig/chromium'
import { playwright } from '@vitest/browser-playwright'
import solid from 'vite-plugin-solid'
import { defineConfig } from 'vitest/config'

const node = {
  environment: 'node' as const,
  execArgv: ['--disable-proto=throw'], // as in the image
  setupFiles: ['test/setup/seed.ts'],
  testTimeout: 20_000,
}
const patient = { testTimeout: 60_000, hookTimeout: 60_000 }
const ui = { root: 'packages/ui', plugins: [solid()] } // root: pnpm hides solid-js from anywhere else

export default defineConfig({
  test: {
    reporters: ['default', './scripts/tally-reporter.ts'],
    projects: [
      {
        test: {
          ...node,
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
          ...patient,
          name: 'servers',
          include: ['{packages/*,test/rig}/src/**/*.server.test.ts'],
          globalSetup: ['test/setup/servers.ts'],
        },
      },
      {
        ...ui,
        test: {
          name: 'ui',
          environment: 'jsdom',
          include: ['src/**/*.test.{ts,tsx}'],
          setupFiles: ['test/setup.ts'],
        },
      },
      {
        ...ui,
        // scanned up front: a dependency found late reloads the page mid-run and fails the run
        optimizeDeps: { entries: ['src/**/*.{ts,tsx}', 'test/setup.ts'] },
        test: {
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
          name: 'system',
          include: ['test/{browser,faults,security}/**/*.test.ts'],
          globalSetup: ['test/setup/build-ui.ts', 'test/setup/servers.ts'],
          fileParallelism: false, // each starts clusters of its own; two at once starve two cores
        },
      },
    ],
  },
})
