import { type Accessor, createMemo, createSignal, untrack } from 'solid-js'
import { createElementSize } from '../../../primitives/create-element-size.ts'
import { rowsInView, scrollTo, turn } from './row-window.ts'

/** A scroller of rows of one height, of which those in view are in the document. */
export interface RowScroll {
  readonly rowHeight: Accessor<number>
  readonly inView: Accessor<readonly number[]>
  /**
   * Names of elements for the rows in view, in the order of the rows. A row that leaves gives its element to one that comes: to make one takes
   * several times as long as to fill it.
   */
  readonly elements: Accessor<readonly number[]>
  /** Index of the row that an element shows. */
  readonly rowIn: (element: number) => number
  /** Index of the first row that is in view. */
  readonly first: Accessor<number>
  readonly onScroll: (event: { readonly currentTarget: HTMLElement }) => void
  /** As little as it takes to have the row in view. */
  readonly show: (at: number) => void
  /** Rows came or went above: what is seen stays where it is. */
  readonly shift: (rows: number) => void
}

interface Shown {
  readonly first: number
  readonly elements: readonly number[]
}

export function createRowScroll(box: Accessor<HTMLElement | undefined>, count: Accessor<number>): RowScroll {
  const [top, setTop] = createSignal(0)
  const size = createElementSize(box)
  const rowHeight = createMemo(() => {
    size() // another density has other rows
    return Number.parseFloat(getComputedStyle(document.documentElement).getPropertyValue('--control-height'))
  })
  const place = () => ({ top: top(), height: size().height, rowHeight: rowHeight() })
  const inView = createMemo(() => rowsInView(count(), place()), undefined, {
    equals: (a, b) => a.length === b.length && a[0] === b[0],
  })
  const shown = createMemo<Shown>(
    (before) => {
      const { 0: first = 0, length } = inView()
      const isSame = length === before.elements.length
      const elements = isSame
        ? turn(before.elements, first - before.first)
        : Array.from({ length }, (_, at) => at)
      return { first, elements }
    },
    { first: 0, elements: [] },
  )
  return {
    rowHeight,
    inView,
    elements: () => shown().elements,
    rowIn: (element) => shown().first + shown().elements.indexOf(element),
    first: () => Math.floor(top() / rowHeight()),
    onScroll: ({ currentTarget }) => setTop(currentTarget.scrollTop),
    show: (at) => box()?.scrollTo({ top: scrollTo(at, untrack(place)) }),
    shift: (rows) => {
      const element = box()
      if (element) element.scrollTop += rows * untrack(rowHeight)
    },
  }
}
