/** An IANA name, or `UTC`. */
export type Zone = string

/** The clock on the wall of a zone. `month` is 1 to 12. */
export interface WallTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}

const MAX_FORMATS = 16
const formats = new Map<Zone, Intl.DateTimeFormat>()

/** What the clocks of `zone` show at `at` (Unix ms). @throws RangeError for a zone that the runtime does not know */
export function toWallTime(at: number, zone: Zone): WallTime {
  const parts = new Map(
    partsFormat(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
  return {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  }
}

/** Minutes that the clocks of `zone` are ahead of UTC at `at`. */
export function offsetMinutes(at: number, zone: Zone): number {
  const { year, month, day, hour, minute, second } = toWallTime(at, zone)
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second)
  return Math.round((asUtc - Math.floor(at / 1_000) * 1_000) / 60_000)
}

/** `+02:00`. */
export function formatOffset(at: number, zone: Zone): string {
  const minutes = offsetMinutes(at, zone)
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`
}

/** The wall clock shows this hour twice: once before it is set back, once after. */
export function isRepeatedHour(at: number, zone: Zone): boolean {
  const offset = offsetMinutes(at, zone)
  return [-3_600_000, 3_600_000].some((shift) => {
    const other = offsetMinutes(at + shift, zone)
    return other !== offset && other - offset === -shift / 60_000
  })
}

/** Making a format costs as much as a hundred uses of it. */
function partsFormat(zone: Zone): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  if (formats.size >= MAX_FORMATS) formats.clear()
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(zone, format)
  return format
}
