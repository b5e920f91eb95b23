/** Rows around those in view: a quick scroll meets no empty place. */
const OVERSCAN = 10

export interface ScrollPlace {
  readonly top: number
  readonly height: number
  readonly rowHeight: number
}

/** Indices of the rows that are in view, and a few around them. */
export function rowsInView(count: number, { top, height, rowHeight }: ScrollPlace): readonly number[] {
  const from = Math.max(0, Math.floor(top / rowHeight) - OVERSCAN)
  const to = Math.min(count, Math.ceil((top + height) / rowHeight) + OVERSCAN)
  return Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at)
}

/** Where to scroll so that the row is in view; where it is, if it is. */
export function scrollTo(at: number, { top, height, rowHeight }: ScrollPlace): number {
  const row = at * rowHeight
  if (row < top) return row
  return Math.max(top, row + rowHeight - height)
}
