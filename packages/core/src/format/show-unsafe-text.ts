/** Controls, what turns or hides the text around it, blanks at either end, and those that only look like one. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|^ +| +$|(?! )\p{Zs}/gu

/** A stranger's text for people: what cannot be seen, or would change how the rest is read, as an escape. */
export const showUnsafeText = (text: string): string =>
  text.replace(UNSAFE, (characters) => Array.from(characters, escapeCharacter).join(''))

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`
}
