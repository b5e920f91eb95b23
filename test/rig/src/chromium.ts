import { findServer } from './servers.ts'

interface ChromiumLaunch {
  readonly executablePath: string
  readonly args: string[]
}

/** Options with which Playwright starts Debian's Chromium, also as root and in containers. */
export const chromiumLaunch = (): ChromiumLaunch => ({
  executablePath: findServer('chromium') ?? 'chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--disable-sync'],
})
