/**
 * Path of the first text in `value` that holds half of a surrogate pair; such a text has no UTF-8. `json` is what `value`
 * was parsed from, at most 32 deep: only an escape can bring one in.
 */
export function findLoneSurrogate(json: string, value: unknown): readonly string[] | undefined {
  return /\\u[dD]/.test(json) ? find(value, []) : undefined
}

function find(value: unknown, path: readonly string[]): readonly string[] | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : path
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, item] of Object.entries(value)) {
    const below = [...path, name.toWellFormed()]
    const found = name.isWellFormed() ? find(item, below) : below
    if (found !== undefined) return found
  }
  return undefined
}
