import type { EditorState } from '@codemirror/state'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'

/** What shall be stored. */
export interface ValueContent {
  /** Made when it is asked for: not with every key pressed in a large text. */
  readonly bytes: () => Uint8Array
  /** About as many bytes. */
  readonly length: number
  /** They are those that are stored. */
  readonly isStored: boolean
  /** The editor that it was typed in, with what can be undone; absent when it was not typed. */
  readonly editor?: EditorState
}

export const bytesContent = (bytes: Uint8Array, stored: Uint8Array): ValueContent => ({
  bytes: () => bytes,
  length: bytes.length,
  isStored: equalBytes(bytes, stored),
})

/** @param isStored as the editor found out, by its tree of lines. */
export function typedContent(editor: EditorState, isStored: boolean): ValueContent {
  let made: Uint8Array | undefined
  const bytes = () => {
    // not doc.toString(), which ends every line with LF
    made ??= toUtf8(editor.sliceDoc())
    return made
  }
  return { bytes, length: editor.doc.length, isStored, editor }
}

/** The same over another stored value. */
export const rebaseContent = (content: ValueContent, stored: Uint8Array): ValueContent => ({
  ...content,
  isStored: equalBytes(content.bytes(), stored),
})

export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a === b || (a.length === b.length && a.every((byte, at) => byte === b[at]))
