import { createEffect, createSignal, Match, on, onCleanup, Show, Switch } from 'solid-js'
import { useClient } from '../../../api/client-context.ts'
import { Button } from '../../../components/Button.tsx'
import { Checkbox } from '../../../components/Checkbox.tsx'
import { DataState } from '../../../components/DataState.tsx'
import { Select } from '../../../components/Select.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import type { KeysPlace } from '../../../url/keys-url.ts'
import type { KeyChange } from '../key-change.ts'
import { identityOf, showUnsafe } from '../key-name.ts'
import { CoverageLine } from './CoverageLine.tsx'
import { createKeyScan, MAX_FOUND } from './create-key-scan.ts'
import { type FoundKeyActs, FoundKeys } from './FoundKeys.tsx'
import './KeySearch.css'

/** Values of more keys than this are read only by who was told their number. */
const MAX_UNASKED = 10_000
const LIMITS = { page: 1_000, enough: 1_000 } as const

export interface KeySearchProps extends FoundKeyActs {
  readonly place: KeysPlace
  /** What all keys begin with that are looked at. */
  readonly prefix: Uint8Array
  readonly separator: Uint8Array
  readonly onGo: (changes: Partial<KeysPlace>) => void
  /** Changes when the page is asked to read again. */
  readonly refreshes: number
  /** What was written here last. */
  readonly change: KeyChange | undefined
}

type Asked = Pick<KeysPlace, 'q' | 'field' | 'isCased'>

/** Looks through keys, or their values, and always says how far it came. */
export function KeySearch(props: KeySearchProps) {
  const { keyBrowser } = useKeysMessages()
  const client = useClient()
  const scan = createKeyScan(client, LIMITS)
  const scope = createKeyScan(client, { page: 1, enough: 1 })
  const [isAgreed, setAgreed] = createSignal(false)
  const asked = (): Asked => props.place
  const query = () => ({ ...asked(), prefix: props.prefix })
  const inScope = () => scope.coverage()?.inScope
  const needsAgreement = () =>
    asked().field === 'value' &&
    asked().q !== '' &&
    !isAgreed() &&
    (inScope() ?? MAX_UNASKED + 1) > MAX_UNASKED
  const identity = () => JSON.stringify([asked().q, asked().field, asked().isCased, identityOf(props.prefix)])

  createEffect(
    on([identity, () => props.refreshes], () => {
      setAgreed(false)
      scan.clear()
      scope.clear()
      if (asked().q === '') return
      if (asked().field === 'value') scope.start({ prefix: props.prefix, q: '', field: 'key', isCased: true })
    }),
  )
  createEffect(() => {
    if (asked().q !== '' && scan.state() === 'idle' && !needsAgreement()) scan.start(query())
  })
  createEffect(
    on(
      () => props.change,
      (change) => {
        if (change) scan.follow(change, props.separator)
      },
      { defer: true },
    ),
  )
  onCleanup(() => scan.stop())
  return (
    <div class="key-search">
      <div class="key-search-form">
        <Select
          label={keyBrowser.search.field}
          value={asked().field}
          options={[
            { value: 'key', text: keyBrowser.search.fields.key },
            { value: 'value', text: keyBrowser.search.fields.value },
          ]}
          onChange={(field) => props.onGo({ field })}
        />
        <Checkbox
          label={keyBrowser.search.matchCase}
          isChecked={asked().isCased}
          onChange={() => props.onGo({ isCased: !asked().isCased })}
        />
      </div>
      <Switch>
        <Match when={asked().q === ''}>
          <p class="key-search-note">{keyBrowser.search.nothingAsked}</p>
        </Match>
        <Match when={scope.problem()}>
          {(problem) => (
            <DataState isLoading={false} problem={problem()} onRetry={scope.goOn}>
              <div class="key-search-empty" />
            </DataState>
          )}
        </Match>
        <Match when={needsAgreement()}>
          <div class="key-search-note">
            <Show when={inScope() !== undefined}>
              <p>{keyBrowser.search.readsValues(inScope() ?? 0, showUnsafe(props.prefix))}</p>
              <Button onClick={() => setAgreed(true)}>{keyBrowser.search.readValues}</Button>
            </Show>
          </div>
        </Match>
        <Match when={true}>
          <CoverageLine
            scan={scan}
            prefix={props.prefix}
            q={asked().q}
            field={asked().field}
            onGo={props.onGo}
          />
          <FoundKeys
            label={keyBrowser.search.hits}
            found={scan.found()}
            selectedId={props.place.selection && identityOf(props.place.selection.key)}
            mark={{ q: asked().field === 'key' ? asked().q : '', isCased: asked().isCased }}
            onOpen={props.onOpen}
            onCreate={props.onCreate}
            actionsOf={props.actionsOf}
            onRemove={props.onRemove}
          >
            <Show when={scan.found().length >= MAX_FOUND}>
              <p class="found-keys-end">{keyBrowser.search.full}</p>
            </Show>
          </FoundKeys>
        </Match>
      </Switch>
    </div>
  )
}
