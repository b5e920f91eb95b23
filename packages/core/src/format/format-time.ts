import { formatOffset, isRepeatedHour, toWallTime, type WallTime, type Zone } from './zoned-time.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** Where and when somebody reads: instants are Unix ms. */
export interface Reader {
  readonly now: number
  readonly zone: Zone
}

/** `14:02:10` today, `21 Sep 14:02` this year, `2025-09-21 14:02` else (ui.md 16). */
export function formatInstant(at: number, { now, zone }: Reader): string {
  const wall = toWallTime(at, zone)
  const today = toWallTime(now, zone)
  if (wall.year !== today.year) return `${isoDay(wall)} ${clock(wall)}`
  if (wall.month !== today.month || wall.day !== today.day) return `${day(wall)} ${clock(wall)}`
  return `${clock(wall)}:${two(wall.second)}`
}

/** With date, seconds and zone, for tooltips: `21 Sep 14:02:10 (Europe/Berlin +02:00)`. */
export function formatFullInstant(at: number, zone: Zone): string {
  const wall = toWallTime(at, zone)
  return `${day(wall)} ${clock(wall)}:${two(wall.second)} (${formatZone(at, zone)})`
}

/** `UTC`, else the name with the offset that holds at `at`. */
export const formatZone = (at: number, zone: Zone): string =>
  zone === 'UTC' ? 'UTC' : `${zone} ${formatOffset(at, zone)}`

/** `21 Sep 14:00 – 15:30`; the second day stands only where it differs, seconds only where one of the two has some. */
export function formatWindow(from: number, to: number, zone: Zone): string {
  const [start, end] = [toWallTime(from, zone), toWallTime(to, zone)]
  const time =
    start.second + end.second > 0 ? (wall: WallTime) => `${clock(wall)}:${two(wall.second)}` : clock
  const sameDay = start.year === end.year && start.month === end.month && start.day === end.day
  return `${day(start)} ${time(start)} – ${sameDay ? '' : `${day(end)} `}${time(end)}`
}

/**
 * Labels of a time axis whose ticks (Unix ms, ascending) are `step` ms apart: the time, the day where it begins; the offset
 * where an hour is shown twice.
 */
export function formatTimeTicks(ticks: readonly number[], step: number, zone: Zone): string[] {
  return ticks.map((at) => {
    const wall = toWallTime(at, zone)
    const isMidnight = wall.hour === 0 && wall.minute === 0 && wall.second === 0
    if (step >= 86_400_000 || isMidnight) return day(wall)
    const text = step < 60_000 ? `${clock(wall)}:${two(wall.second)}` : clock(wall)
    return isRepeatedHour(at, zone) ? `${text} ${formatOffset(at, zone)}` : text
  })
}

const two = (value: number): string => String(value).padStart(2, '0')
const clock = (wall: WallTime): string => `${two(wall.hour)}:${two(wall.minute)}`
const day = (wall: WallTime): string => `${wall.day} ${MONTHS[wall.month - 1]}`
const isoDay = (wall: WallTime): string => `${wall.year}-${two(wall.month)}-${two(wall.day)}`
