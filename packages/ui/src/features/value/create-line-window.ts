import { type Accessor, createMemo, createSignal } from 'solid-js'
import { createElementSize } from '../../primitives/create-element-size.ts'
import { rowsInView, scrollTo } from '../keys/browser/row-window.ts'

/** Of `--text-sm` and `--code`, px. */
export const LINE_HEIGHT = 20

export interface LineWindow {
  readonly setBox: (box: HTMLElement) => void
  readonly onScroll: (event: { readonly currentTarget: HTMLElement }) => void
  /** Indices of the lines in view, and a few around them. */
  readonly lines: Accessor<readonly number[]>
  /** Of the place for them, px; 0 until it is there. */
  readonly width: Accessor<number>
  readonly reveal: (line: number) => void
}

/**
 * Of many lines of one height only those in view are in the document.
 * @param count of lines, in a place so many px wide; 0 until it is there
 */
export function createLineWindow(count: (width: number) => number): LineWindow {
  const [box, setBox] = createSignal<HTMLElement>()
  const [top, setTop] = createSignal(0)
  const size = createElementSize(box)
  const place = () => ({ top: top(), height: size().height, rowHeight: LINE_HEIGHT })
  return {
    setBox,
    onScroll: ({ currentTarget }) => setTop(currentTarget.scrollTop),
    lines: createMemo(() => rowsInView(count(size().width), place())),
    width: () => size().width,
    reveal: (line) => {
      const element = box()
      if (element) element.scrollTop = scrollTo(line, { ...place(), top: element.scrollTop })
    },
  }
}
