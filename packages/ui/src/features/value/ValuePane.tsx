import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { toText } from '@etcdmonitor/core/keys/show-key'
import { createMemo, createSignal, type JSX, lazy, Match, on, Show, Suspense, Switch } from 'solid-js'
import { DataState } from '../../components/DataState.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Select } from '../../components/Select.tsx'
import { ToggleGroup } from '../../components/ToggleGroup.tsx'
import { useKeysMessages } from '../../i18n/keys-messages-context.ts'
import { changePrefs, currentPrefs } from '../../prefs.ts'
import { binaryKind } from './binary-kind.ts'
import { createByteHistory } from './byte-history.ts'
import { firstMatch, textRange, type ValueSearch } from './first-match.ts'
import { HexView } from './HexView.tsx'
import { ReplaceFromFile } from './ReplaceFromFile.tsx'
import { TextEditor } from './text-editor.ts'
import { ValueStatus } from './ValueStatus.tsx'
import { bytesContent, equalBytes, typedContent, type ValueContent } from './value-content.ts'
import { hasLongLine } from './value-text.ts'
import { languageOf, VALUE_TYPES, type ValueType } from './value-type.ts'
import './ValuePane.css'

const FormattedView = lazy(async () => ({ default: (await import('./FormattedView.tsx')).FormattedView }))

type Tab = 'exact' | 'formatted' | 'hex'

/** Longer lines are not wrapped: each of their breaks would have to be found. */
const MAX_WRAPPED = 100_000
/** Larger texts are not coloured, bytes. */
const MAX_COLOURED = 2_097_152

export interface ValuePaneProps {
  /** Of the key, as it is shown to people. */
  readonly name: string
  readonly stored: Uint8Array
  /** What was typed over it; undefined: nothing. */
  readonly content: ValueContent | undefined
  /** The value was found by this: the first place that holds it is shown when it is opened. */
  readonly wanted?: ValueSearch | undefined
  readonly isReadOnly: boolean
  /** Bytes that a value may have; undefined until it is known. */
  readonly maxBytes: number | undefined
  /** Characters that may be typed. */
  readonly maxLength: number
  /** Said when there were more. */
  readonly noRoom: string
  readonly type: ValueType
  readonly onType: (type: ValueType) => void
  readonly onContent: (content: ValueContent) => void
  /** At the end of the line above the value. */
  readonly children?: JSX.Element
}

/** A value as text, formatted, or as bytes. What is typed is told; nothing is stored here. */
export function ValuePane(props: ValuePaneProps) {
  const { keys, value } = useKeysMessages()
  const [chosen, setChosen] = createSignal<Tab>('exact')
  const [cursor, setCursor] = createSignal('')
  const bytes = () => props.content?.bytes() ?? props.stored
  const storedText = createMemo(() => toText(props.stored))
  /** What the editor shows; undefined: no text. */
  const shown = createMemo(() => {
    const { content } = props
    return content ? (content.editor ?? toText(content.bytes())) : storedText()
  })
  const isText = () => shown() !== undefined
  const text = () => toText(bytes()) ?? ''
  const tab = (): Tab => (isText() ? chosen() : 'hex')
  const language = () => (props.stored.length > MAX_COLOURED ? undefined : languageOf(props.type))
  const canWrap = createMemo(() => !hasLongLine(storedText() ?? '', MAX_WRAPPED))
  const wraps = () => currentPrefs().wrap && canWrap()
  const tabs = () => [
    ...(isText()
      ? [
          { value: 'exact' as const, content: value.exact },
          { value: 'formatted' as const, content: value.formatted },
        ]
      : []),
    { value: 'hex' as const, content: keys.hex },
  ]
  // as it was opened: what is typed later does not move the reader
  const match = createMemo(
    on(
      () => props.wanted,
      (wanted) => wanted && firstMatch(bytes(), wanted),
    ),
  )
  const matchedText = createMemo(on(match, (found) => textRange(bytes(), found)))
  const [isLeft, setLeft] = createSignal(false) // whoever comes back to the text is where the text was left
  const matchNote = () => {
    const { wanted } = props
    if (!wanted) return undefined
    const found = match()
    if (!found) return value.noMatch(wanted.q)
    return isText() ? undefined : value.matchInBytes(wanted.q, found.from)
  }
  const history = createByteHistory()
  /** Characters that there was no room for. */
  const [refused, setRefused] = createSignal(0)
  const take = (content: ValueContent) => {
    // what is there may be changed however little room is left
    const isTaken = content.length <= Math.max(props.maxLength, props.content?.length ?? 0)
    setRefused(isTaken ? 0 : content.length)
    if (isTaken) props.onContent(content)
  }
  const overwrite = (next: Uint8Array) => take(bytesContent(next, props.stored))
  const label = () => keys.valueOf(props.name)
  return (
    <div class="value-pane">
      <div class="value-tools">
        <ToggleGroup
          label={value.view}
          options={tabs()}
          value={tab()}
          onChange={(next) => {
            if (next !== tab()) setCursor('')
            setLeft(true)
            setChosen(next)
          }}
        />
        <Show when={isText()}>
          <Select
            label={value.type}
            size="small"
            options={VALUE_TYPES.map((name) => ({ value: name, text: value.types[name] }))}
            value={props.type}
            onChange={props.onType}
          />
        </Show>
        <Show when={tab() !== 'hex' && canWrap()}>
          <label class="value-wrap">
            <input
              type="checkbox"
              checked={wraps()}
              onChange={(event) => changePrefs({ wrap: event.currentTarget.checked })}
            />
            {value.wrap}
          </label>
        </Show>
        <Show when={tab() === 'hex' && !props.isReadOnly}>
          <ReplaceFromFile maxBytes={props.maxBytes} onBytes={overwrite} />
        </Show>
        {props.children}
      </div>
      <Show when={!isText()}>
        <p class="value-note">
          <Icon name="info" />
          <span>{value.binary(bytes().length.toLocaleString('en'), binaryKind(bytes()))}</span>
        </p>
      </Show>
      <Show when={refused() > props.maxLength}>
        <p class="value-refused" role="alert">
          {props.noRoom}
        </p>
      </Show>
      <Show when={matchNote()}>
        {(note) => (
          <p class="value-note" role="status">
            <Icon name="info" />
            <span>{note()}</span>
          </p>
        )}
      </Show>
      <Suspense fallback={<DataState isLoading>{null}</DataState>}>
        <Switch>
          <Match when={tab() === 'exact'}>
            <TextEditor
              label={label()}
              stored={storedText()}
              shown={shown() ?? ''}
              selected={isLeft() ? undefined : matchedText()}
              isReadOnly={props.isReadOnly}
              wraps={wraps()}
              language={language()}
              maxLength={props.maxLength}
              onChange={(editor, isStored) => take(typedContent(editor, isStored))}
              onTooLong={setRefused}
              onCursor={(line, column) => setCursor(value.cursor(line, column))}
            />
          </Match>
          <Match when={tab() === 'formatted'}>
            <FormattedView
              label={label()}
              text={text()}
              type={props.type}
              wraps={wraps()}
              editor={props.content?.editor}
              onUse={
                props.isReadOnly
                  ? undefined
                  : (editor) => {
                      const isStored = equalBytes(toUtf8(editor.sliceDoc()), props.stored)
                      take(typedContent(editor, isStored))
                      setChosen('exact')
                    }
              }
            />
          </Match>
          <Match when={tab() === 'hex'}>
            <HexView
              label={label()}
              bytes={bytes()}
              startsAt={match()?.from}
              history={history}
              onChange={props.isReadOnly ? undefined : overwrite}
              onCursor={(at) => setCursor(value.byteCursor(at))}
            />
          </Match>
        </Switch>
      </Suspense>
      <ValueStatus
        stored={props.stored}
        content={props.content}
        type={props.type}
        maxBytes={props.maxBytes}
        cursor={cursor()}
      />
    </div>
  )
}
