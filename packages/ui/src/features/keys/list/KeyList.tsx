import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { createEffect, createSignal, Match, on, Show, Switch } from 'solid-js'
import { useClient } from '../../../api/client-context.ts'
import { Button } from '../../../components/Button.tsx'
import { DataState } from '../../../components/DataState.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import type { KeySelection } from '../../../url/keys-url.ts'
import type { KeyChange } from '../key-change.ts'
import { identityOf, typedName } from '../key-name.ts'
import { createKeyScan, MAX_FOUND } from '../search/create-key-scan.ts'
import { type FoundKeyActs, FoundKeys } from '../search/FoundKeys.tsx'

const LIMITS = { page: 500, enough: 1 } as const

export interface KeyListProps extends FoundKeyActs {
  /** What all keys begin with that are listed. */
  readonly prefix: Uint8Array
  readonly separator: Uint8Array
  /** Where the list begins; undefined: with the first key. */
  readonly from: Uint8Array | undefined
  readonly selection: KeySelection | undefined
  readonly onFrom: (from: Uint8Array | undefined) => void
  /** Changes when the page is asked to read again. */
  readonly refreshes: number
  /** What was written here last. */
  readonly change: KeyChange | undefined
}

/** Keys one below the other, from any one on. */
export function KeyList(props: KeyListProps) {
  const { keys, keyBrowser } = useKeysMessages()
  const scan = createKeyScan(useClient(), LIMITS)
  const [typed, setTyped] = createSignal('')
  // as it is, not as it is shown: what is sent unchanged must lead to where it stands for
  const beginning = () => typedName(props.from ?? props.prefix)
  const start = () =>
    scan.start({ prefix: props.prefix, q: '', field: 'key', isCased: true, from: props.from })
  const identity = () => [identityOf(props.prefix), identityOf(props.from ?? new Uint8Array())].join('\0')
  createEffect(
    on([identity, () => props.refreshes], () => {
      setTyped(beginning())
      start()
    }),
  )
  createEffect(
    on(
      () => props.change,
      (change) => {
        // where a new key stands among the others is told by reading them
        if (change?.kind === 'made' || (change?.kind === 'gone' && change.target.isDirectory)) start()
        else if (change) scan.follow(change, props.separator)
      },
      { defer: true },
    ),
  )
  const jump = (event: Event) => {
    event.preventDefault()
    if (typed() === beginning()) start()
    else props.onFrom(typed() === '' ? undefined : toUtf8(typed()))
  }
  const coverage = () => scan.coverage()
  const isEmpty = () => scan.state() === 'done' && scan.found().length === 0
  return (
    <div class="key-search">
      <form class="key-search-form" onSubmit={jump}>
        <input
          class="key-search-text"
          aria-label={keyBrowser.list.goTo}
          placeholder={keyBrowser.list.goTo}
          autocapitalize="none"
          autocomplete="off"
          spellcheck={false}
          value={typed()}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit">{keyBrowser.list.go}</Button>
        <Show when={props.from}>
          <Button kind="quiet" onClick={() => props.onFrom(undefined)}>
            {keyBrowser.list.fromStart}
          </Button>
        </Show>
      </form>
      <Show when={coverage()}>
        {(read) => (
          <p class="key-search-coverage">
            <span>
              <strong>{keys.total(read().inScope, read().inScope.toLocaleString('en'))}</strong>{' '}
              {keys.asOf(read().revision.toLocaleString('en'))}
            </span>
            <Show when={read().isLimited}>
              <span>{keys.limited}</span>
            </Show>
          </p>
        )}
      </Show>
      <DataState
        isLoading={scan.state() === 'running' && scan.found().length === 0}
        problem={scan.found().length === 0 ? scan.problem() : undefined}
        onRetry={start}
        empty={isEmpty() && <p>{props.from ? keyBrowser.list.noneFrom : keyBrowser.list.none}</p>}
      >
        <FoundKeys
          label={keyBrowser.views.list}
          found={scan.found()}
          selectedId={props.selection && identityOf(props.selection.key)}
          mark={{ q: '', isCased: true }}
          onOpen={props.onOpen}
          onCreate={props.onCreate}
          actionsOf={props.actionsOf}
          onRemove={props.onRemove}
          onEnd={() => {
            if (scan.state() === 'waiting' && scan.found().length < MAX_FOUND) scan.goOn()
          }}
        >
          <Show when={scan.found().length > 0}>
            <p class="found-keys-end">
              <Switch fallback={keyBrowser.list.end}>
                <Match when={scan.problem()}>
                  {keyBrowser.list.stopped}
                  <Button onClick={scan.goOn}>{keyBrowser.search.goOn}</Button>
                </Match>
                <Match when={scan.found().length >= MAX_FOUND}>{keys.tooManyRows}</Match>
                <Match when={scan.state() !== 'done'}>{keyBrowser.list.more}</Match>
              </Switch>
            </p>
          </Show>
        </FoundKeys>
      </DataState>
    </div>
  )
}
