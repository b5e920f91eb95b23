/** Rows around those in view: a quick scroll meets no empty place. */
const OVERSCAN = 10

export interface ScrollPlace {
  readonly top: number
  readonly height: number
  readonly rowHeight: number
}

/** Indices of the rows that are in view, and a few around them: as many wherever one scrolls, if there are so many. */
export function rowsInView(count: number, { top, height, rowHeight }: ScrollPlace): readonly number[] {
  const length = Math.min(count, Math.ceil(height / rowHeight) + 1 + 2 * OVERSCAN)
  const from = Math.max(0, Math.min(Math.floor(top / rowHeight) - OVERSCAN, count - length))
  return Array.from({ length }, (_, at) => from + at)
}

/**
 * `elements` in the order of what they show, after rows moved on by `rows`: what stays in view keeps its element, and stays in place beside it.
 * Where nothing stays, none is moved.
 */
export const turn = (elements: readonly number[], rows: number): readonly number[] =>
  Math.abs(rows) < elements.length ? [...elements.slice(rows), ...elements.slice(0, rows)] : elements

/** Where to scroll so that the row is in view; where it is, if it is. */
export function scrollTo(at: number, { top, height, rowHeight }: ScrollPlace): number {
  const row = at * rowHeight
  if (row < top) return row
  return Math.max(top, row + rowHeight - height)
}
