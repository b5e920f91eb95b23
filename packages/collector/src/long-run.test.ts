import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const PROGRAM = fileURLToPath(new URL('collect-days.contract.ts', import.meta.url))
const IS_FULL = process.env.TEST_SUITE === 'full'
const DAY = 2_880
/** Seven days at 30 s, or twelve hours. */
const TICKS = IS_FULL ? 20_160 : 1_440
/** What fills once (the tests' own list of calls, code that is compiled) is full by then; in hours V8 still takes new pages. */
const SETTLED = IS_FULL ? DAY : 720
const MAX_GROWTH = IS_FULL ? 1.1 : 1.3
const MIB = 1 << 20

interface Look {
  readonly tick: number
  readonly heap: number
  readonly rss: number
  readonly handles: number
  readonly files: number
}

/** Bytes per tick, by least squares. */
function slopeOf(looks: readonly Look[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length
  const [x, y] = [mean(looks.map(({ tick }) => tick)), mean(looks.map(({ heap }) => heap))]
  const above = looks.reduce((sum, { tick, heap }) => sum + (tick - x) * (heap - y), 0)
  return above / looks.reduce((sum, { tick }) => sum + (tick - x) ** 2, 0)
}

it(`F27 holds no more after ${TICKS} ticks of a changing cluster than before`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-days-'))
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--expose-gc', PROGRAM, folder, String(TICKS)],
    { timeout: 3_600_000, maxBuffer: 1 << 24 },
  )
  rmSync(folder, { recursive: true, force: true })
  const looks = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Look)
  const last = looks.at(-1)
  expect(last?.tick).toBe(TICKS)
  const settled = looks.filter(({ tick }) => tick >= SETTLED)
  const [first] = settled
  expect(last?.rss).toBeLessThanOrEqual(MAX_GROWTH * (first?.rss ?? 0))
  expect(slopeOf(settled) * DAY).toBeLessThan(IS_FULL ? 0.5 * MIB : 8 * MIB)
  expect(new Set(settled.map(({ handles }) => handles)).size).toBe(1)
  expect(new Set(settled.map(({ files }) => files)).size).toBe(1)
}, 3_600_000)
