import { isRecord } from '../../api/problem.ts'

const MAX_PARAMS = 50

/**
 * The parameters of an act, one a line; of a text that is no object the text itself under no name. `showInstant`: of Unix seconds, which
 * names that end with `_at` hold.
 */
export function describeParams(
  params: string,
  showInstant: (seconds: number) => string,
): (readonly [string, string])[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(params)
  } catch {
    return params === '' ? [] : [['', params]]
  }
  if (!isRecord(parsed)) return [['', params]]
  const show = (name: string, value: unknown): string => {
    if (typeof value === 'string') return value
    return name.endsWith('_at') && isInstant(value) ? showInstant(value) : JSON.stringify(value)
  }
  return Object.entries(parsed)
    .slice(0, MAX_PARAMS)
    .map(([name, value]) => [name, show(name, value)])
}

/** Unix seconds of a year that calendars have: others cannot be formatted. */
const isInstant = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 1e11
