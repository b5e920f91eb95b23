import { offsetMinutes, toWallTime, type WallTime, type Zone } from './zoned-time.ts'

const DAY = 86_400_000

/**
 * The instants (Unix ms, ascending) at which the clocks of `zone` show `wall`: one, two in an hour that is shown twice, none in one that is
 * skipped.
 */
export function wallInstants(wall: WallTime, zone: Zone): number[] {
  const asUtc = toUtc(wall)
  const offsets = new Set([asUtc - DAY, asUtc, asUtc + DAY].map((at) => offsetMinutes(at, zone)))
  return [...offsets]
    .map((minutes) => asUtc - minutes * 60_000)
    .filter((at) => toUtc(toWallTime(at, zone)) === asUtc)
    .sort((one, other) => one - other)
}

/** `2026-09-21T14:00:00` as a field for date and time has it, seconds optional. Undefined: no such form, or no such day. */
export function parseWallTime(text: string): WallTime | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?/
    .exec(text)
    ?.slice(1)
    .map((part) => Number(part ?? 0))
  if (!parts) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
  const wall = { year, month, day, hour, minute, second }
  const at = new Date(toUtc(wall))
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? wall : undefined
}

/** The same form, for a field. */
export function printWallTime(at: number, zone: Zone): string {
  const { year, month, day, hour, minute, second } = toWallTime(at, zone)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`
}

const toUtc = ({ year, month, day, hour, minute, second }: WallTime): number =>
  Date.UTC(year, month - 1, day, hour, minute, second)
