import { isRecord } from '../../api/problem.ts'

const MAX_PARAMS = 50

/** The parameters of an act, one a line; of a text that is no object the text itself under no name. */
export function describeParams(params: string): (readonly [string, string])[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(params)
  } catch {
    return params === '' ? [] : [['', params]]
  }
  if (!isRecord(parsed)) return [['', params]]
  return Object.entries(parsed)
    .slice(0, MAX_PARAMS)
    .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])
}
