/** Bytes of a line. */
const WIDTH = 16

export interface HexLine {
  readonly offset: string
  readonly pairs: string
  readonly characters: string
}

/** As `xxd` shows them: an offset, pairs, and what is printable ASCII. Lines `from` to `to`, the last one not included. */
export function hexLines(bytes: Uint8Array, from: number, to: number): readonly HexLine[] {
  const lines: HexLine[] = []
  for (let line = from; line < Math.min(to, hexLineCount(bytes)); line += 1) {
    const part = [...bytes.subarray(line * WIDTH, (line + 1) * WIDTH)]
    lines.push({
      offset: (line * WIDTH).toString(16).padStart(8, '0'),
      pairs: part.map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
      characters: part
        .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'))
        .join(''),
    })
  }
  return lines
}

export const hexLineCount = (bytes: Uint8Array): number => Math.ceil(bytes.length / WIDTH)
