/** Lines of PageUp and PageDown. */
const PAGE_LINES = 16

/** Where bytes stand. */
export interface HexPlace {
  readonly at: number
  readonly length: number
  /** Bytes of a line. */
  readonly width: number
}

/** Where a key leads from a byte; undefined: it leads nowhere. */
export function moveInHex(
  { key, ctrlKey, metaKey, altKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>,
  { at, length, width }: HexPlace,
): number | undefined {
  const isFar = ctrlKey || metaKey
  if (altKey || length === 0) return undefined
  const line = at - (at % width)
  const targets: Readonly<Record<string, number>> = {
    Home: isFar ? 0 : line,
    End: isFar ? length - 1 : line + width - 1,
    ...(!isFar && {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at - width,
      ArrowDown: at + width,
      PageUp: at - width * PAGE_LINES,
      PageDown: at + width * PAGE_LINES,
    }),
  }
  const target = Object.hasOwn(targets, key) ? targets[key] : undefined
  if (target === undefined) return undefined
  if (target < 0 && key === 'ArrowUp') return at
  return Math.max(0, Math.min(length - 1, target))
}

/** The byte once a digit was typed over its first or second half. */
export const withDigit = (byte: number, digit: string, isSecond: boolean): number => {
  const value = Number.parseInt(digit, 16)
  return isSecond ? (byte & 0xf0) | value : (byte & 0x0f) | (value << 4)
}
