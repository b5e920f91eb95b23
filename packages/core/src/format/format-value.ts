import type { MetricUnit } from '../metrics/catalogue.ts'

const MISSING = '-'
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
const COUNT_UNITS = ['', 'K', 'M', 'G']
/** Larger unit, seconds in one of it, smaller unit, seconds in one of it. */
const SPANS = [
  ['m', 60, 's', 1],
  ['h', 3_600, 'm', 60],
  ['d', 86_400, 'h', 3_600],
] as const
const YEAR_HOURS = 8_760
/** Of JavaScript's calendar, Unix seconds. */
const LAST_INSTANT = 8.64e12
const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 4 })
const groupedSmall = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 6 })

/**
 * A metric's value as axes, tiles and legends print it (metrics.md 5.6). `-` for what is absent or not finite: never
 * `0`, `NaN` or blank.
 */
export function formatValue(unit: MetricUnit, value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING
  return value < 0 ? `-${FORMS[unit](-value)}` : FORMS[unit](value)
}

/** The same with every digit of counts and rates, for tooltips and tables (ui.md 16). */
export function formatExact(unit: MetricUnit, value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING
  if (unit === 'count') return allDigits(value)
  if (unit === 'per_second') return `${allDigits(value)}/s`
  return formatValue(unit, value)
}

/** `value` with at most `decimals` of them, without zeros at the end. */
const trimmed = (value: number, decimals: number): string => String(Number(value.toFixed(decimals)))

const FORMS = {
  bool: (value) => (value === 1 ? 'yes' : value === 0 ? 'no' : `${(value * 100).toFixed(2)} %`), // the mean of a flag is a share
  count: formatCount,
  per_second: (value) => `${formatRate(value)}/s`,
  bytes: formatBytes,
  bytes_per_second: (value) => `${formatBytes(value)}/s`,
  bytes_per_hour: (value) => `${formatBytes(value)}/h`,
  seconds: formatSeconds,
  ratio: (value) => `${(value * 100).toFixed(2)} %`,
  percent: (value) => `${value.toFixed(1)} %`,
  hours: formatHours,
  revision: (value) => value.toFixed(),
  index: (value) => value.toFixed(),
  term: (value) => value.toFixed(),
  timestamp: formatTimestamp,
} satisfies Record<MetricUnit, (value: number) => string>

function formatBytes(value: number): string {
  let power = 0
  // judged after rounding: 1,048,575 bytes are 1 MiB, not 1024 KiB
  while (power < BYTE_UNITS.length - 1 && Number((value / 1024 ** power).toFixed(2)) >= 1024) power++
  return `${trimmed(value / 1024 ** power, 2)} ${BYTE_UNITS[power]}`
}

function formatCount(value: number): string {
  return Number(value.toFixed(2)) < 1_000 ? trimmed(value, 2) : thousands(value)
}

function formatRate(value: number): string {
  if (Number(value.toFixed(4)) < 1) return trimmed(value, 4)
  return Number(value.toFixed(2)) < 1_000 ? trimmed(value, 2) : thousands(value)
}

function thousands(value: number): string {
  let power = 1
  while (power < COUNT_UNITS.length - 1 && Number((value / 1_000 ** power).toFixed(1)) >= 1_000) power++
  return `${(value / 1_000 ** power).toFixed(1)}${COUNT_UNITS[power]}`
}

function formatSeconds(value: number): string {
  if (value === 0) return '0 s'
  if (value < 1e-6) return '< 1 µs'
  if (Math.round(value * 1e6) < 1_000) return `${Math.round(value * 1e6)} µs`
  if (Number((value * 1e3).toFixed(2)) < 1_000) return `${(value * 1e3).toFixed(2)} ms`
  if (Number(value.toFixed(3)) < 120) return `${value.toFixed(3)} s`
  return formatSpan(value, Math.round)
}

/** With its zone, since whose clock it is cannot be known here. */
function formatTimestamp(value: number): string {
  if (value > LAST_INSTANT) return MISSING
  return `${new Date(value * 1_000).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** How long something will last: cut, since an hour that is not whole is not there to be relied on. */
function formatHours(value: number): string {
  if (value >= YEAR_HOURS) return '> 1 year'
  return value * 3_600 < 60 ? '0 h' : formatSpan(value * 3_600, Math.floor)
}

/** The two largest units, judged after rounding to the smaller: 3,599.6 s are `1 h`. */
function formatSpan(seconds: number, round: (value: number) => number): string {
  for (const [index, [large, largeSize, small, smallSize]] of SPANS.entries()) {
    const parts = round(seconds / smallSize)
    const next = SPANS[index + 1]
    if (next && parts * smallSize >= next[1]) continue
    const rest = parts % (largeSize / smallSize)
    const whole = (parts - rest) / (largeSize / smallSize)
    return rest === 0 ? `${whole} ${large}` : `${whole} ${large} ${rest} ${small}`
  }
  return MISSING
}

const allDigits = (value: number): string => (Math.abs(value) < 1 ? groupedSmall : grouped).format(value)
