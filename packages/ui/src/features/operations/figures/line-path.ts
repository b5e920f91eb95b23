import type { Column } from '../../../api/answers.ts'

/** The place that a line is drawn in: instants and values at its edges, its size in units of the drawing. */
export interface LineFrame {
  readonly from: number
  readonly to: number
  /** At the upper edge; 0 is at the lower one. */
  readonly top: number
  readonly width: number
  readonly height: number
}

/** An SVG path over `times`. Nothing is drawn over a gap, and nothing of what lies alone between two: that is a dot. */
export function linePath(times: readonly number[], values: Column, frame: LineFrame): string {
  const parts: string[] = []
  let isOpen = false
  for (const [slot, at] of times.entries()) {
    const value = values[slot] ?? null
    if (value === null || isLonely(values, slot)) {
      isOpen = false
      continue
    }
    const point = pointOf(at, value, frame)
    parts.push(isOpen ? `L${point}` : `M${point}h0`)
    isOpen = true
  }
  return parts.join('')
}

/** Values between two gaps, as lines of no length; `''` where there is none. */
export const dotPath = (times: readonly number[], values: Column, frame: LineFrame): string =>
  times
    .map((at, slot) => {
      const value = values[slot] ?? null
      return value !== null && isLonely(values, slot) ? `M${pointOf(at, value, frame)}h0` : ''
    })
    .join('')

const isLonely = (values: Column, slot: number): boolean =>
  (values[slot - 1] ?? null) === null && (values[slot + 1] ?? null) === null

const pointOf = (at: number, value: number, frame: LineFrame): string => {
  const y = frame.height * (1 - (frame.top > 0 ? value / frame.top : 0))
  return `${placeOf(at, frame).toFixed(1)} ${y.toFixed(1)}`
}

/** Of an instant, inside the frame. */
export function placeOf(at: number, { from, to, width }: LineFrame): number {
  const share = (at - from) / Math.max(1, to - from)
  return width * Math.min(1, Math.max(0, share))
}
