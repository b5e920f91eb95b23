import { EditorState, type Extension, type Transaction } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { createEffect, createMemo, on, onCleanup, onMount, untrack } from 'solid-js'
import { createEditorState, label, language, readOnly, wrapping } from './editor-extensions.ts'
import { type Language, loadLanguage } from './load-language.ts'

export interface TextEditorProps {
  /** Accessible name. */
  readonly label: string
  /** What is stored: whatever is shown is compared with it. Undefined: it is no text. */
  readonly stored?: string | undefined
  /** What is shown; an editor of before comes back as it was left. Text that is there already changes nothing. */
  readonly shown: string | EditorState
  /** What of the text is selected, and in view, when it is shown first. */
  readonly selected?: TextRange | undefined
  readonly isReadOnly: boolean
  readonly wraps: boolean
  readonly language: Language | undefined
  /** More characters than this are not taken. */
  readonly maxLength?: number
  readonly onChange?: (editor: EditorState, isStored: boolean) => void
  /** So many characters were not taken. */
  readonly onTooLong?: (length: number) => void
  /** Both from 1. */
  readonly onCursor?: (line: number, column: number) => void
}

/** UTF-16 units of the text, line ends as they are. */
export interface TextRange {
  readonly from: number
  readonly to: number
}

/** CodeMirror in a shadow root: there its style sheets are adopted, which the page's policy allows, instead of written. */
export function TextEditor(props: TextEditorProps) {
  const host = document.createElement('div')
  host.className = 'text-editor'
  const root = host.attachShadow({ mode: 'open' })
  const view = new EditorView({
    root,
    parent: root,
    state: untrack(() => stateOf(props.shown)),
    dispatchTransactions: (transactions) => take(transactions),
  })
  onCleanup(() => view.destroy())

  const isStored = createComparison(
    () => props.stored,
    () => view.state,
  )
  let isShowing = false
  function take(transactions: readonly Transaction[]): void {
    const length = transactions.at(-1)?.newDoc.length ?? 0
    const isTooLong = length > Math.max(props.maxLength ?? 0, view.state.doc.length)
    if (isTooLong && !isShowing && props.maxLength !== undefined) {
      props.onTooLong?.(length)
      return
    }
    view.update(transactions)
    const isTyped = transactions.some(({ docChanged }) => docChanged)
    if (isTyped && !isShowing) props.onChange?.(view.state, isStored())
    if (isTyped || transactions.some(({ selection }) => selection)) tellCursor()
  }
  function tellCursor(): void {
    const { head } = view.state.selection.main
    const line = view.state.doc.lineAt(head)
    props.onCursor?.(line.number, head - line.from + 1)
  }
  function show(shown: string | EditorState): void {
    if (isShown(shown, view.state)) return
    const next = stateOf(shown)
    isShowing = true
    // as a change where it can be one: then what was there before comes back with Undo
    if (next.lineBreak === view.state.lineBreak)
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next.doc } })
    else view.setState(next)
    isShowing = false
    configure()
  }
  let colours: Extension = []
  // what they are made of changes with every key pressed, they do not: to configure takes as long as to type
  const name = createMemo(() => props.label)
  const isReadOnly = createMemo(() => props.isReadOnly)
  const wraps = createMemo(() => props.wraps)
  function configure(): void {
    const attributes = { 'aria-label': name(), translate: 'no', autocapitalize: 'none' }
    view.dispatch({
      effects: [
        label.reconfigure(EditorView.contentAttributes.of(attributes)),
        readOnly.reconfigure(EditorState.readOnly.of(isReadOnly())),
        wrapping.reconfigure(wraps() ? EditorView.lineWrapping : []),
        language.reconfigure(colours),
      ],
    })
  }
  function select({ from, to }: TextRange): void {
    const anchor = positionIn(view.state, from)
    const head = positionIn(view.state, to)
    view.dispatch({
      selection: { anchor, head },
      effects: EditorView.scrollIntoView(anchor, { y: 'center' }),
    })
  }
  createEffect(on([name, isReadOnly, wraps], configure)) // what it sets off reads more than that
  createEffect(
    on(
      () => props.selected,
      (range) => {
        if (range) select(range)
      },
    ),
  )
  createEffect(on(() => props.shown, show, { defer: true }))
  createEffect(
    on(
      () => props.language,
      (name) => {
        let isWanted = true
        onCleanup(() => {
          isWanted = false
        })
        const use = (extension: Extension) => {
          if (!isWanted) return
          colours = extension
          untrack(configure)
        }
        if (name)
          loadLanguage(name).then(use, () => use([])) // without its colours it is as good a text
        else use([])
      },
    ),
  )
  onMount(tellCursor)
  return host
}

/** Where a place of the text is in the document, in which each line end counts as one. */
function positionIn(state: EditorState, at: number): number {
  const before = state.sliceDoc().slice(0, at)
  return Math.min(
    before.length - (state.lineBreak.length - 1) * (state.toText(before).lines - 1),
    state.doc.length,
  )
}

const stateOf = (shown: string | EditorState): EditorState =>
  typeof shown === 'string' ? createEditorState(shown) : shown

const isShown = (shown: string | EditorState, now: EditorState): boolean =>
  typeof shown === 'string' ? isText(shown, now) : shown.doc.eq(now.doc) && shown.lineBreak === now.lineBreak

const isText = (text: string, now: EditorState): boolean =>
  text.length === now.doc.length + (now.doc.lines - 1) * (now.lineBreak.length - 1) && now.sliceDoc() === text

/** Compares lines, of which most are the same objects: a key pressed must not walk through the whole of a large text. */
function createComparison(stored: () => string | undefined, editor: () => EditorState): () => boolean {
  // what is stored is mostly what is shown first: it is not parted into lines anew with the first key
  const first = editor()
  let of = untrack(stored)
  let lineBreak = first.lineBreak
  let lines = of === undefined ? undefined : isText(of, first) ? first.doc : first.toText(of)
  return () => {
    const text = untrack(stored)
    const state = editor()
    if (text !== of || lineBreak !== state.lineBreak) {
      of = text
      lineBreak = state.lineBreak
      lines = text === undefined ? undefined : state.toText(text)
    }
    return lines !== undefined && state.doc.eq(lines)
  }
}
