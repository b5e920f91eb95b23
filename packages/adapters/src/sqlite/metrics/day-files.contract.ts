import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { silentLog } from '@etcdmonitor/core/ports/log'
import { afterEach, beforeEach } from 'vitest'

/** Begins a UTC day, Unix ms. */
export const START = 1_790_035_200_000

/** Gives each test a folder of its own, removed after it, and what opens a store there whose clock stands at `START`. */
export function openDayFiles() {
  let dataDir: string
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-days-'))
  })
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }))
  return () => ({ dataDir, clock: manualClock(START), log: silentLog })
}
