import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** The page's tokens: custom properties reach into a shadow root, its style sheets do not. */
const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--canvas)' },
  '&.cm-focused': { outline: 'none' },
  // over the gutter, which lies above an outline
  '&.cm-focused::after': {
    content: '""',
    position: 'absolute',
    inset: '0',
    zIndex: '300',
    border: '2px solid var(--focus)',
    pointerEvents: 'none',
  },
  '.cm-scroller': { font: 'var(--code)', lineHeight: '1.25rem' },
  '.cm-content': { caretColor: 'var(--text)', tabSize: '4' },
  '.cm-gutters': {
    backgroundColor: 'var(--canvas)',
    color: 'var(--faint)',
    borderInlineEnd: '1px solid var(--border)',
  },
  '.cm-activeLineGutter': { backgroundColor: 'var(--hover)', color: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'var(--selected)',
  },
  '.cm-selectionMatch': { backgroundColor: 'var(--hover)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'transparent',
    outline: '1px solid var(--control)',
  },
  '.cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket': {
    backgroundColor: 'transparent',
    outline: '1px solid var(--crit)',
  },
  '.cm-searchMatch': { backgroundColor: 'transparent', outline: '1px solid var(--warn)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--selected)' },
  '.cm-specialChar': { color: 'var(--warn)' },
  '.cm-foldPlaceholder': {
    backgroundColor: 'var(--raised)',
    borderColor: 'var(--control)',
    color: 'var(--muted)',
  },
  '.cm-panels': { backgroundColor: 'var(--raised)', color: 'var(--text)', font: 'var(--text-sm)' },
  '.cm-panels-bottom': { borderTop: '1px solid var(--border)' },
  '.cm-textfield, .cm-button': {
    minHeight: 'var(--control-height)',
    backgroundImage: 'none',
    backgroundColor: 'var(--surface)',
    border: '1px solid var(--control)',
    borderRadius: 'var(--radius-control)',
    color: 'var(--text)',
  },
  '.cm-panel.cm-search [name=close]': { color: 'var(--text)', fontSize: '1rem', minWidth: '24px' },
  '.cm-panel.cm-search label': { fontSize: 'inherit' },
  '.cm-changedLine, .cm-insertedLine': { backgroundColor: 'var(--ok-wash)' },
  '.cm-changedText, .cm-insertedLine .cm-changedText': {
    background: 'none',
    textDecoration: 'underline 2px var(--ok)',
  },
  '&.cm-merge-a .cm-changedLine, .cm-deletedChunk': { backgroundColor: 'var(--crit-wash)' },
  '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': {
    background: 'none',
    textDecoration: 'underline 2px var(--crit)',
  },
  '.cm-collapsedLines': {
    background: 'var(--raised)',
    color: 'var(--muted)',
    font: 'var(--text-sm)',
  },
})

/** Three colours: names, texts, everything else that is a value. All of them are read on the canvas of both themes. */
const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.tagName, tags.attributeName, tags.heading], color: 'var(--accent)' },
  { tag: [tags.string, tags.attributeValue, tags.special(tags.string)], color: 'var(--series-green)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom, tags.keyword], color: 'var(--series-purple)' },
  { tag: [tags.comment, tags.meta, tags.processingInstruction], color: 'var(--muted)', fontStyle: 'italic' },
])

export const editorTheme: Extension = [look, syntaxHighlighting(colours)]
