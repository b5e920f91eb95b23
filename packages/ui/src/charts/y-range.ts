import type { MetricUnit } from '@etcdmonitor/core/metrics/catalogue'
import type { LevelLine } from './chart-columns.ts'

const NICE = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]
/** The range shrinks when the largest value has fallen below this share of it, so that it does not breathe. */
const SHRINK_BELOW = 0.6
/** A line is brought into the picture when the largest value is at least this share of it. */
const NEAR = 0.5
/** Head room above the largest value. */
const ROOM = 1.05

/** Of `lines`, which are inside the picture of an axis that ends at `top`, and the lowest of those that are not. */
export function splitLines<T extends Pick<LevelLine, 'value'>>(
  lines: readonly T[],
  top: number,
): { readonly drawn: readonly T[]; readonly next: T | undefined } {
  const isDrawn = ({ value }: T) => value < top
  const beyond = lines.filter((line) => !isDrawn(line))
  const lowest = Math.min(...beyond.map(({ value }) => value))
  return { drawn: lines.filter(isDrawn), next: beyond.find(({ value }) => value === lowest) }
}

/**
 * Upper end of an axis that begins at 0, for values up to `max` (null: none) and the lines that they come near. Stays at
 * `previous` while that still fits: it grows at once and shrinks late.
 */
export function nextTop(
  previous: number | undefined,
  max: number | null,
  lines: readonly Pick<LevelLine, 'value'>[],
  unit: MetricUnit,
): number {
  const near = lines.map(({ value }) => value).filter((value) => (max ?? 0) >= value * NEAR)
  const largest = Math.max(0, max ?? 0, ...near)
  if (previous !== undefined && largest * ROOM <= previous && largest >= previous * SHRINK_BELOW)
    return previous
  return largest > 0 ? niceTop(largest * ROOM, unit) : SMALLEST[unit]
}

/** Positions and instants: what matters is how they move, not how far they are from zero. */
export const isFloating = (unit: MetricUnit): boolean =>
  unit === 'revision' || unit === 'index' || unit === 'timestamp'

/** Both ends of an axis that need not begin at 0, around the values from `min` to `max`; stays as `nextTop` does. */
export function nextSpan(
  previous: readonly [number, number] | undefined,
  min: number | null,
  max: number | null,
): readonly [number, number] {
  if (min === null || max === null) return previous ?? [0, 1]
  const span = max - min
  if (previous) {
    const [low, high] = previous
    if (low <= min && high >= max && span >= (high - low) * SHRINK_BELOW) return previous
  }
  const room = span > 0 ? span * (ROOM - 1) : Math.max(1, Math.abs(max) * (ROOM - 1))
  return [min - room, max + room]
}

/** Where there is nothing but zeros, the axis still needs a size. */
const SMALLEST: Readonly<Record<MetricUnit, number>> = {
  bool: 1,
  count: 1,
  per_second: 1,
  bytes: 1024,
  bytes_per_second: 1024,
  bytes_per_hour: 1024,
  seconds: 0.001,
  ratio: 0.01,
  percent: 1,
  hours: 1,
  revision: 1,
  index: 1,
  term: 1,
  timestamp: 1,
}

/** The next round number; of bytes the next round number of KiB, MiB … */
function niceTop(value: number, unit: MetricUnit): number {
  const isBytes = unit.startsWith('bytes')
  const size = isBytes ? 1024 ** Math.max(0, Math.floor(Math.log2(value) / 10)) : 1
  const mantissa = value / size
  const power = 10 ** Math.floor(Math.log10(mantissa))
  const nice = NICE.find((step) => step * power >= mantissa * (1 - 1e-9)) ?? 10
  return nice * power * size
}
