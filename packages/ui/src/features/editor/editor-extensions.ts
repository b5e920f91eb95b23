import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { bracketMatching, foldGutter, foldKeymap } from '@codemirror/language'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState, type Extension } from '@codemirror/state'
import {
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
} from '@codemirror/view'
import { editorTheme } from './editor-theme.ts'
import { lineSeparatorOf } from './line-separator.ts'

/** What turns or hides the text around it, beside the controls that CodeMirror shows by itself. */
const UNSEEN = /[\u180e\u200c\u202a-\u202c\u2060-\u2064\u2067\u2068\u206a-\u206f]|\u200d/g

/** What can be changed while an editor lives. */
export const label = new Compartment()
export const readOnly = new Compartment()
export const wrapping = new Compartment()
export const language = new Compartment()
const lineEnds = new Compartment()

/** What shows a text with its line numbers, exactly. */
export const plainExtensions: Extension = [
  lineNumbers(),
  highlightSpecialChars({ addSpecialChars: UNSEEN }),
  drawSelection(),
  editorTheme,
]

/** A state holds nothing of the component that shows it: it is kept as a draft, and shown again later. */
export function createEditorState(text: string): EditorState {
  const separator = lineSeparatorOf(text)
  return EditorState.create({
    // parts between separators, not lines as CodeMirror would find them
    doc: EditorState.create({ extensions: EditorState.lineSeparator.of(separator) }).toText(text),
    extensions: [
      lineEnds.of(EditorState.lineSeparator.of(separator)),
      plainExtensions,
      history(),
      foldGutter(),
      dropCursor(),
      EditorState.allowMultipleSelections.of(true),
      rectangularSelection(),
      bracketMatching(),
      highlightActiveLineGutter(),
      highlightSelectionMatches({ minSelectionLength: 2, maxMatches: 200 }),
      search(),
      keymap.of([...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap]),
      EditorView.domEventHandlers({ paste: pasteFirstLineEnds }),
      // else what is pasted from elsewhere would mix the line ends
      EditorView.clipboardInputFilter.of((pasted, { lineBreak }) => pasted.replace(/\r\n|\r|\n/g, lineBreak)),
      label.of([]),
      readOnly.of([]),
      wrapping.of([]),
      language.of([]),
    ],
  })
}

/** A text without a line end has none that others would be mixed with: it takes what is pasted as it is. */
function pasteFirstLineEnds(event: ClipboardEvent, view: EditorView): boolean {
  const pasted = event.clipboardData?.getData('text/plain') ?? ''
  const { doc, readOnly: isReadOnly, selection } = view.state
  const isOneLine = doc.lines === 1 && !doc.line(1).text.includes('\r')
  if (isReadOnly || !isOneLine || selection.ranges.length > 1 || !/[\r\n]/.test(pasted)) return false
  event.preventDefault()
  view.dispatch({
    effects: lineEnds.reconfigure(EditorState.lineSeparator.of(lineSeparatorOf(pasted))),
  })
  view.dispatch(view.state.replaceSelection(view.state.toText(pasted)), {
    userEvent: 'input.paste',
    scrollIntoView: true,
  })
  return true
}
