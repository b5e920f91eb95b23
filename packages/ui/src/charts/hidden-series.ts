/**
 * The switched-off series after a click on `key`: it is switched, or with `isSolo` shown alone, and all again when it was alone.
 */
export function toggleSeries(
  hidden: ReadonlySet<string>,
  keys: readonly string[],
  key: string,
  isSolo: boolean,
): ReadonlySet<string> {
  const others = keys.filter((other) => other !== key)
  if (!isSolo)
    return hidden.has(key) ? new Set([...hidden].filter((one) => one !== key)) : new Set([...hidden, key])
  const isAlone = !hidden.has(key) && others.every((other) => hidden.has(other))
  return new Set(isAlone ? [] : others)
}
