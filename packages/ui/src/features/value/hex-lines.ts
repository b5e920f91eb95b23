export interface HexLine {
  readonly offset: string
  /** One for each byte. */
  readonly pairs: readonly string[]
  readonly characters: string
}

/** As `xxd` shows it, `width` bytes a line: an offset, pairs, and what is printable ASCII. */
export function hexLine(bytes: Uint8Array, line: number, width: number): HexLine {
  const part = [...bytes.subarray(line * width, (line + 1) * width)]
  return {
    offset: hexOffset(line * width),
    pairs: part.map(hexPair),
    characters: part.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join(''),
  }
}

/** Six digits are enough for 16 MiB, more than any value has. */
export const hexOffset = (at: number): string => at.toString(16).padStart(6, '0')

export const hexPair = (byte: number): string => byte.toString(16).padStart(2, '0')

export const hexLineCount = (bytes: Uint8Array, width: number): number => Math.ceil(bytes.length / width)

/** Runs of lines that are not the same in both, each by its first line. */
export function differentLines(a: Uint8Array, b: Uint8Array, width: number): readonly number[] {
  const starts: number[] = []
  let wasDifferent = false
  for (let line = 0; line < Math.max(hexLineCount(a, width), hexLineCount(b, width)); line += 1) {
    const isDifferent = !isSameLine(a, b, line * width, (line + 1) * width)
    if (isDifferent && !wasDifferent) starts.push(line)
    wasDifferent = isDifferent
  }
  return starts
}

function isSameLine(a: Uint8Array, b: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (a[at] !== b[at]) return false
  return true
}
