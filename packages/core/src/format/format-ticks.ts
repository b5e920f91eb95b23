import type { MetricUnit } from '../metrics/catalogue.ts'

interface Scale {
  readonly size: number
  readonly suffix: string
}

const BYTES = scales(1024, [' B', ' KiB', ' MiB', ' GiB', ' TiB', ' PiB'])
const COUNTS = scales(1_000, ['', 'K', 'M', 'G'])
const SECONDS: readonly Scale[] = [
  { size: 1e-6, suffix: ' µs' },
  { size: 1e-3, suffix: ' ms' },
  { size: 1, suffix: ' s' },
  { size: 60, suffix: ' m' },
  { size: 3_600, suffix: ' h' },
  { size: 86_400, suffix: ' d' },
]
const BYTE_UNITS: ReadonlySet<MetricUnit> = new Set(['bytes', 'bytes_per_second', 'bytes_per_hour'])
const MAX_DECIMALS = 6
/** Of a value: what is lost on its way to the scale and back. */
const ROUNDING = 1e-9
/** Of an axis of seconds: decimal up to 10, then what parts a minute, an hour, a day; decimal again for days. */
const SECOND_STEPS = [
  ...[-6, -5, -4, -3, -2, -1, 0].flatMap((power) => [1, 2, 2.5, 5].map((n) => n * 10 ** power)),
  ...[10, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200],
  ...[0, 1, 2, 3, 4].flatMap((power) => [1, 2, 5].map((n) => n * 10 ** power * 86_400)),
]

/**
 * Labels of an axis: one unit for all of it, the one of its largest tick, and as few decimals as tell each tick
 * (ui.md 16). One text per tick, in order; zero is a bare `0`.
 */
export function formatTicks(unit: MetricUnit, ticks: readonly number[]): string[] {
  const largest = Math.max(0, ...ticks.map(Math.abs))
  const { size, suffix } = scaleOf(unit, largest)
  const apart = Math.abs((ticks[1] ?? largest) - (ticks[0] ?? 0))
  for (let decimals = 0; ; decimals++) {
    const texts = ticks.map((tick) => (tick / size).toFixed(decimals))
    // 2.5 must not be labelled 3: a label may be off by a hundredth of the distance to its neighbour
    const isExact = texts.every((text, i) => {
      const tick = ticks[i] ?? 0
      return Math.abs(Number(text) * size - tick) <= Math.max(apart / 100, Math.abs(tick) * ROUNDING)
    })
    if (decimals < MAX_DECIMALS && !isExact) continue
    return texts.map((text) => (Number(text) === 0 ? '0' : `${text}${suffix}`))
  }
}

/** Steps that ticks of `unit` may stand apart, ascending: for bytes and times those that make round labels; else undefined. */
export function tickSteps(unit: MetricUnit): number[] | undefined {
  if (unit === 'seconds') return [...SECOND_STEPS]
  if (!BYTE_UNITS.has(unit)) return undefined
  return Array.from({ length: 58 }, (_, power) => 2 ** power)
}

function scaleOf(unit: MetricUnit, largest: number): Scale {
  switch (unit) {
    case 'bytes':
      return pick(BYTES, largest)
    case 'bytes_per_second':
      return per('s', pick(BYTES, largest))
    case 'bytes_per_hour':
      return per('h', pick(BYTES, largest))
    case 'count':
    case 'revision':
    case 'index':
    case 'term':
    case 'timestamp':
      return pick(COUNTS, largest)
    case 'per_second':
      return per('s', pick(COUNTS, largest))
    case 'seconds':
      return largest < 120 ? pick(SECONDS.slice(0, 3), largest) : pick(SECONDS, largest)
    case 'percent':
      return { size: 1, suffix: ' %' }
    case 'hours':
      return { size: 1, suffix: ' h' }
    case 'ratio':
    case 'bool':
      return { size: 0.01, suffix: ' %' }
  }
}

/** The largest scale that is not larger than `value`; the smallest when all are. */
function pick(from: readonly [Scale, ...Scale[]] | readonly Scale[], value: number): Scale {
  return from.findLast(({ size }) => size <= value) ?? from[0] ?? { size: 1, suffix: '' }
}

const per = (time: string, { size, suffix }: Scale): Scale => ({ size, suffix: `${suffix}/${time}` })

function scales(base: number, suffixes: readonly string[]): readonly Scale[] {
  return suffixes.map((suffix, power) => ({ size: base ** power, suffix }))
}
