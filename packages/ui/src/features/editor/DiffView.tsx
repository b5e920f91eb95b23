import { getChunks, MergeView, unifiedMergeView } from '@codemirror/merge'
import { EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { onCleanup } from 'solid-js'
import { plainExtensions } from './editor-extensions.ts'
import { type LineSeparator, lineSeparatorOf } from './line-separator.ts'

export interface DiffViewProps {
  /** Accessible names of the two. */
  readonly theirsLabel: string
  readonly mineLabel: string
  readonly theirs: string
  readonly mine: string
  /** One below the other, for a narrow place. */
  readonly isUnified: boolean
  /** How many places are different, and what shows one of them. */
  readonly onReady: (count: number, reveal: (at: number) => void) => void
}

/** Exact comparison gives up beyond this: large texts that share nothing would take minutes. */
const DIFF = { scanLimit: 1_000, timeout: 500 }

/** Two texts with what is not the same marked; made anew when it is shown anew. */
export function DiffView(props: DiffViewProps) {
  const host = document.createElement('div')
  host.className = 'text-diff'
  const root = host.attachShadow({ mode: 'open' })
  // one for both: another line end is a difference as well
  const [separator, other] = [lineSeparatorOf(props.mine), lineSeparatorOf(props.theirs)]
  const side = (doc: string, label: string) => sideOf(doc, label, separator === other ? separator : '\n')
  const b = side(props.mine, props.mineLabel)
  const { view, destroy } = props.isUnified
    ? oneView(side(props.theirs, '').doc, b, root)
    : twoViews(side(props.theirs, props.theirsLabel), b, root)
  onCleanup(destroy)
  const places = (getChunks(view.state)?.chunks ?? []).map(({ fromB }) =>
    Math.min(fromB, view.state.doc.length),
  )
  props.onReady(places.length, (at) => {
    const place = places[at] ?? 0
    view.dispatch({
      selection: { anchor: place },
      effects: EditorView.scrollIntoView(place, { y: 'center' }),
    })
  })
  return host
}

function sideOf(text: string, label: string, separator: LineSeparator) {
  return {
    doc: EditorState.create({ extensions: EditorState.lineSeparator.of(separator) }).toText(text),
    extensions: [
      EditorState.lineSeparator.of(separator),
      plainExtensions,
      EditorView.lineWrapping,
      EditorState.readOnly.of(true),
      EditorView.contentAttributes.of({ 'aria-label': label, translate: 'no' }),
    ],
  }
}

type Side = ReturnType<typeof sideOf>

function twoViews(a: Side, b: Side, root: ShadowRoot) {
  const merge = new MergeView({
    a,
    b,
    root,
    parent: root,
    gutter: false,
    collapseUnchanged: { margin: 3, minSize: 8 },
    diffConfig: DIFF,
  })
  return { view: merge.b, destroy: () => merge.destroy() }
}

function oneView(original: Side['doc'], { doc, extensions }: Side, root: ShadowRoot) {
  const merge = unifiedMergeView({
    original,
    mergeControls: false,
    gutter: false,
    collapseUnchanged: { margin: 3, minSize: 8 },
    diffConfig: DIFF,
  })
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({ doc, extensions: [extensions, merge] }),
  })
  return { view, destroy: () => view.destroy() }
}
