import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { lazy, Match, onCleanup, Show, Suspense, Switch } from 'solid-js'
import { DataState } from '../../components/DataState.tsx'
import { Page } from '../../components/Page.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { TextEditor } from '../value/text-editor.ts'
import { KeyBrowser } from './browser/KeyBrowser.tsx'
import { CreateKeyDialog } from './create/create-key-dialog.ts'
import { createKeysPlace } from './create-keys-place.ts'
import { useDrafts } from './drafts/drafts-context.ts'
import { createSeparator } from './key/key-query.ts'
import { directoryPrefix, nameBelow } from './key-name.ts'
import './KeysPage.css'

const V2Browser = lazy(async () => ({ default: (await import('./v2/V2Browser.tsx')).V2Browser }))

/** Nothing is asked for at first that the page itself does without, ms. */
const PREFETCH_AFTER = 1_000

/** The keys of the cluster: a tree, a list or what was found, and one key. What is shown is in the URL. */
export function KeysPage() {
  const { pages } = useMessages()
  const separator = createSeparator()
  const state = createKeysPlace()
  const drafts = useDrafts()
  const tabTitle = () => {
    const key = state.place().selection?.key
    const separatorNow = toUtf8(separator.result().data?.separator ?? '/')
    return key && nameBelow(key, directoryPrefix(key, separatorNow), separatorNow)
  }
  // the first value, and the first dialog, are there sooner
  const prefetch = setTimeout(() => {
    for (const part of [TextEditor, CreateKeyDialog]) void part.preload().catch(() => undefined)
  }, PREFETCH_AFTER)
  onCleanup(() => clearTimeout(prefetch))
  return (
    <div class="keys-page">
      <Page title={pages.keys} tabTitle={tabTitle()} />
      <Switch>
        <Match when={state.place().api === 'v2'}>
          <Suspense>
            <V2Browser state={state} drafts={drafts.v2} />
          </Suspense>
        </Match>
        <Match when={state.place().api === 'v3'}>
          <DataState
            isLoading={separator.result().isPending && !separator.problem()}
            problem={separator.result().data ? undefined : separator.problem()}
            onRetry={() => void separator.result().refetch()}
          >
            <Show when={separator.result().data}>
              {(answer) => (
                <KeyBrowser separator={toUtf8(answer().separator)} state={state} drafts={drafts} />
              )}
            </Show>
          </DataState>
        </Match>
      </Switch>
    </div>
  )
}
