import { formatValue } from '@etcdmonitor/core/format/format-value'
import { createSignal, Show, Suspense } from 'solid-js'
import { DataState } from '../../../components/DataState.tsx'
import { Select } from '../../../components/Select.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { TextEditor } from '../../value/text-editor.ts'
import { ValueStatus } from '../../value/ValueStatus.tsx'
import { typedContent } from '../../value/value-content.ts'
import { languageOf, VALUE_TYPES } from '../../value/value-type.ts'
import { Objection } from '../save/SaveOutcome.tsx'
import type { NewValue } from './create-new-value.ts'
import './NewValueField.css'

export interface NewValueFieldProps {
  readonly value: NewValue
  /** Bytes that a value may have; undefined until it is known. */
  readonly maxBytes: number | undefined
  /** What was objected to is written all the same. */
  readonly onWrite: () => void
}

const EMPTY = new Uint8Array()
/** While it is not known how much is taken. */
const MAX_LENGTH = 8_388_608

/** The editor of a value, small. A text field would not do: it makes LF of every line end. */
export function NewValueField(props: NewValueFieldProps) {
  const { keys, value } = useKeysMessages()
  const [cursor, setCursor] = createSignal('')
  const [refused, setRefused] = createSignal(false)
  const most = () => props.maxBytes ?? MAX_LENGTH
  return (
    <div class="new-value">
      <div class="new-value-head">
        <span>{keys.value}</span>
        <Select
          label={value.type}
          size="small"
          options={VALUE_TYPES.map((name) => ({ value: name, text: value.types[name] }))}
          value={props.value.type()}
          onChange={props.value.setType}
        />
      </div>
      <Suspense fallback={<DataState isLoading>{null}</DataState>}>
        <TextEditor
          label={keys.value}
          stored=""
          shown={props.value.content().editor ?? ''}
          isReadOnly={false}
          wraps={false}
          language={languageOf(props.value.type())}
          maxLength={most()}
          onChange={(editor, isStored) => {
            setRefused(false)
            props.value.setContent(typedContent(editor, isStored))
          }}
          onTooLong={() => setRefused(true)}
          onCursor={(line, column) => setCursor(value.cursor(line, column))}
        />
      </Suspense>
      <Show when={refused()}>
        <p class="value-refused" role="alert">
          {value.mostBytes(formatValue('bytes', most()))}
        </p>
      </Show>
      <ValueStatus
        stored={EMPTY}
        content={props.value.content()}
        type={props.value.type()}
        maxBytes={props.maxBytes}
        cursor={cursor()}
      />
      <Show when={props.value.objection()}>
        {(objection) => <Objection objection={objection()} onWrite={props.onWrite} />}
      </Show>
    </div>
  )
}
