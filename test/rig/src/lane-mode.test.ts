import { describe, expect, it } from 'vitest'
import { createShaper, type LaneMode } from './lane-mode.ts'

const TEXT = 'a: b\r\n\r\nbody'

/** What comes through when the text arrives in chunks of `size` bytes, and how the stream ends. */
function through(mode: LaneMode, size: number): { text: string; end: string | undefined } {
  const shape = createShaper(mode)
  let text = ''
  for (let at = 0; at < TEXT.length; at += size) {
    const { bytes, end } = shape(Buffer.from(TEXT.slice(at, at + size)))
    text += bytes
    if (end) return { text, end }
  }
  return { text, end: undefined }
}

describe('shaper', () => {
  it.each([1, 3, 5, 12])('counts the same in chunks of %i bytes', (size) => {
    expect(through({ mode: 'pass' }, size)).toEqual({ text: TEXT, end: undefined })
    expect(through({ mode: 'cutAfter', bytes: 5 }, size)).toEqual({ text: 'a: b\r', end: 'cut' })
    expect(through({ mode: 'resetAfter', bytes: 5 }, size)).toEqual({ text: 'a: b\r', end: 'reset' })
    expect(through({ mode: 'cutAfter', bytes: 99 }, size)).toEqual({ text: TEXT, end: undefined })
    expect(through({ mode: 'closeAfterHeaders' }, size)).toEqual({ text: 'a: b\r\n\r\n', end: 'cut' })
    expect(through({ mode: 'flip', offset: 8, mask: 0x20 }, size).text).toBe('a: b\r\n\r\nBody')
  })
})
