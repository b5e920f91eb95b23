import { afterEach, beforeEach } from 'vitest'
import { page } from 'vitest/browser'
import { endSession, openSession } from '../src/api/session.ts'
import { changePrefs } from '../src/prefs.ts'

/** Before each test of the file: a window of this size, `admin` signed in, and nothing remembered but dark, UTC and `more`. */
export function signedInAt(
  width: number,
  height: number,
  more: Parameters<typeof changePrefs>[0] = {},
): void {
  beforeEach(async () => {
    await page.viewport(width, height)
    localStorage.clear()
    changePrefs({ theme: 'dark', timeZone: 'utc', ...more })
    openSession({ token: 'good', username: 'admin', expiresAt: 0 })
  })
  afterEach(() => endSession('out'))
}
