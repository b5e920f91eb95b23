import type { ChartColumns, ChartMark } from './chart-columns.ts'

/** Marks that stand closer than this share of the window have one icon. */
const NEAR = 0.035

export interface MarkGroup {
  /** Of its icon, as a share of the window from its beginning. */
  readonly place: number
  /** Of its lines, likewise. */
  readonly lines: readonly number[]
  /** Ascending. */
  readonly marks: readonly ChartMark[]
}

/** What happened closely together is told together: icons would lie over one another. */
export function groupMarks({ from, to, marks }: Pick<ChartColumns, 'from' | 'to' | 'marks'>): MarkGroup[] {
  const groups: { place: number; lines: number[]; marks: ChartMark[] }[] = []
  for (const mark of marks) {
    const place = (mark.at - from) / Math.max(1, to - from)
    const last = groups.at(-1)
    if (last && place - last.place < NEAR) {
      last.lines.push(place)
      last.marks.push(mark)
    } else groups.push({ place, lines: [place], marks: [mark] })
  }
  return groups
}
