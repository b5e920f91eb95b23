import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { Show } from 'solid-js'
import { DataState } from '../../components/DataState.tsx'
import { Page } from '../../components/Page.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { KeyBrowser } from './KeyBrowser.tsx'
import { createSeparator } from './key-query.ts'
import './KeysPage.css'

/** The keys of the cluster: a tree, and one key. The selected key is in the URL. */
export function KeysPage() {
  const { pages } = useMessages()
  const separator = createSeparator()
  return (
    <div class="keys-page">
      <Page title={pages.keys} />
      <DataState
        isLoading={separator.result().isPending && !separator.problem()}
        problem={separator.result().data ? undefined : separator.problem()}
        onRetry={() => void separator.result().refetch()}
      >
        <Show when={separator.result().data}>
          {(answer) => <KeyBrowser separator={toUtf8(answer().separator)} />}
        </Show>
      </DataState>
    </div>
  )
}
