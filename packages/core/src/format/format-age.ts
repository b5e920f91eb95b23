const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const

/**
 * Ages and lengths of time for people: the two largest units, cut, not rounded, since an age has passed; milliseconds
 * below 1 s (`812 ms`, `42 s`, `1 min 42 s`, `6 d 4 h`). `ms` below 0 counts as 0.
 */
export function formatAge(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1_000)
  const first = UNITS.findIndex(([, size]) => seconds >= size)
  const large = UNITS[first]
  if (!large) return `${Math.floor(Math.max(0, ms))} ms`
  const small = UNITS[first + 1]
  const rest = small ? Math.floor((seconds % large[1]) / small[1]) : 0
  const whole = `${Math.floor(seconds / large[1])} ${large[0]}`
  return small && rest > 0 ? `${whole} ${rest} ${small[0]}` : whole
}

/** What is left of a countdown: `4:59`, `1:00:00`. Rounded up, so that it reads 0:00 only when it is over. */
export function formatCountdown(ms: number): string {
  const seconds = Math.ceil(Math.max(0, ms) / 1_000)
  const two = (value: number) => String(value).padStart(2, '0')
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`
}
