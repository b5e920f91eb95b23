/**
 * A text from outside as both engines keep it alike: a zero character and halves of surrogate pairs become escapes such as `\u0000`
 * (PostgreSQL has no NUL; drivers differ on surrogates), then it is cut at `max` characters (code points).
 */
export function storableText(text: string, max: number): string {
  const escaped = text.replaceAll(
    /\0|[\uD800-\uDFFF]/gu,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return [...escaped].slice(0, max).join('')
}
