import type { EditorState } from '@codemirror/state'
import { createMemo, Show } from 'solid-js'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { useKeysMessages } from '../../i18n/keys-messages-context.ts'
import { createEditorState } from '../editor/editor-extensions.ts'
import { TextEditor } from '../editor/TextEditor.tsx'
import { formatJson } from './format-json.ts'
import { languageOf, type ValueType } from './value-type.ts'

export interface FormattedViewProps {
  readonly label: string
  readonly text: string
  readonly type: ValueType
  readonly wraps: boolean
  /** The editor that the text was typed in: the formatted one is a step of it that can be undone. */
  readonly editor: EditorState | undefined
  /** Absent: nothing may be changed. */
  readonly onUse?: ((editor: EditorState) => void) | undefined
}

/** A preview: what is stored is the exact text. */
export function FormattedView(props: FormattedViewProps) {
  const { value } = useKeysMessages()
  const formatted = createMemo(() => (props.type === 'json' ? formatJson(props.text) : undefined))
  const text = () => {
    const done = formatted()
    return done && 'text' in done ? done.text : undefined
  }
  const note = () => {
    const done = formatted()
    if (!done) return value.noFormatter(value.types[props.type])
    return 'fault' in done ? value.notJson(done.fault) : value.preview
  }
  const use = (indented: string) => {
    const editor = props.editor ?? createEditorState(props.text)
    const insert = editor.toText(indented.replaceAll('\n', editor.lineBreak))
    props.onUse?.(editor.update({ changes: { from: 0, to: editor.doc.length, insert } }).state)
  }
  return (
    <>
      <div class="value-note" role="status">
        <Icon name={formatted() && text() === undefined ? 'warn' : 'info'} />
        <span>{note()}</span>
        <Show when={props.onUse && text() !== props.text && text()}>
          {(indented) => <Button onClick={() => use(indented())}>{value.useFormatted}</Button>}
        </Show>
      </div>
      <TextEditor
        label={props.label}
        shown={text() ?? props.text}
        isReadOnly
        wraps={props.wraps}
        language={languageOf(props.type)}
      />
    </>
  )
}
