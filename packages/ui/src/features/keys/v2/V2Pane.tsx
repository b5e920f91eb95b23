import { createEffect, createMemo, createSignal, Match, on, Show, Switch } from 'solid-js'
import { type RemovedAnswer, SHAPES, type V2KeyAnswer, type V2NodeAnswer } from '../../../api/answers.ts'
import { useClient } from '../../../api/client-context.ts'
import { currentSession } from '../../../api/session.ts'
import { Button } from '../../../components/Button.tsx'
import { DataState } from '../../../components/DataState.tsx'
import { Icon } from '../../../components/Icon.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { createChange } from '../../../primitives/create-change.ts'
import { createNow } from '../../../primitives/create-now.ts'
import { createProblem, createQuery } from '../../../primitives/create-query.ts'
import { showUnsafe } from '../key-name.ts'
import { KEY_TIMEOUT } from '../key-timeout.ts'
import { RemoveQuestion } from '../remove/RemoveQuestion.tsx'
import { V2Editor } from './V2Editor.tsx'
import type { V2Drafts } from './v2-drafts.ts'

export interface V2PaneProps {
  readonly name: string
  readonly drafts: V2Drafts
  readonly canChange: boolean
  readonly onClose: () => void
  readonly onChange: () => void
  readonly onRemoved: (count: number) => void
  readonly onRemoveDirectory: (key: string) => void
}

/** One v2 key with its value, or a directory, which is a thing of its own. */
export function V2Pane(props: V2PaneProps) {
  const { keys, v2 } = useKeysMessages()
  const client = useClient()
  const query = createQuery<V2KeyAnswer>(() => {
    const key = props.name
    return {
      queryKey: ['kv', 'v2', 'get', key],
      queryFn: ({ signal }) =>
        client.get('kv/v2/get', { key }, { shape: SHAPES.v2Key, signal, timeout: KEY_TIMEOUT }),
      enabled: currentSession() !== undefined,
      staleTime: 0,
      gcTime: 0,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
    }
  })
  const problem = createProblem(query, () => props.name)
  const read = () => void query().refetch()
  const node = () => query().data?.node as V2NodeAnswer | undefined
  const shown = () => showUnsafe(new TextEncoder().encode(props.name))
  const [isRemoving, setRemoving] = createSignal(false)
  return (
    <>
      <div class="key-pane-head">
        <Button class="key-pane-back" kind="quiet" onClick={props.onClose}>
          <Icon name="back" />
          {keys.back}
        </Button>
        <h2>
          <bdi translate="no">{shown()}</bdi>
        </h2>
      </div>
      <div class="key-view">
        <DataState
          isLoading={query().isPending && !problem()}
          problem={node() ? undefined : problem()}
          onRetry={read}
        >
          <Show when={node()}>
            {(found) => (
              <>
                <V2Facts node={found()} readAt={query().dataUpdatedAt} onExpire={read} />
                <div class="key-tools">
                  <Button kind="quiet" onClick={read}>
                    <Icon name="refresh" />
                    {keys.readAgain}
                  </Button>
                  <Show when={props.canChange && found().key !== '/'}>
                    <Button
                      class="button-danger"
                      onClick={() => (found().dir ? props.onRemoveDirectory(found().key) : setRemoving(true))}
                    >
                      {found().dir ? v2.removeDirectory : keys.remove.open}
                    </Button>
                  </Show>
                </div>
                <Switch>
                  <Match when={found().dir}>
                    <p class="key-note">{v2.directory}</p>
                  </Match>
                  <Match when={!found().dir}>
                    <V2Editor
                      node={found()}
                      drafts={props.drafts}
                      canChange={props.canChange}
                      onRead={read}
                      onChange={props.onChange}
                    />
                  </Match>
                </Switch>
                <Show when={isRemoving()}>
                  <RemoveV2KeyDialog
                    node={found()}
                    onClose={() => setRemoving(false)}
                    onRemoved={(count) => {
                      props.drafts.set(props.name, undefined)
                      props.onRemoved(count)
                    }}
                  />
                </Show>
              </>
            )}
          </Show>
        </DataState>
      </div>
    </>
  )
}

interface V2FactsProps {
  readonly node: V2NodeAnswer
  /** Unix ms by the browser's clock. */
  readonly readAt: number
  /** Its time to live is over: it is worth another look. */
  readonly onExpire: () => void
}

/** Indices, and the time left. */
function V2Facts(props: V2FactsProps) {
  const { v2 } = useKeysMessages()
  const now = createNow(1_000)
  const number = (value: number | undefined) => (value ?? 0).toLocaleString('en')
  const left = createMemo(() => {
    const { ttl } = props.node
    return ttl === undefined ? undefined : Math.max(0, Math.ceil(ttl - (now() - props.readAt) / 1_000))
  })
  createEffect(
    on(left, (seconds, before) => {
      if (seconds === 0 && before !== undefined && before > 0) props.onExpire()
    }),
  )
  return (
    <p class="key-facts">
      <Show when={props.node.createdIndex}>
        <span>{v2.facts(number(props.node.createdIndex), number(props.node.modifiedIndex))}</span>
      </Show>
      <Show when={left() !== undefined}>
        <span>{v2.expiresIn(left() ?? 0)}</span>
      </Show>
    </p>
  )
}

interface RemoveV2KeyProps {
  readonly node: V2NodeAnswer
  readonly onClose: () => void
  readonly onRemoved: (count: number) => void
}

/** Deletes the key only as it was seen. */
function RemoveV2KeyDialog(props: RemoveV2KeyProps) {
  const { keys } = useKeysMessages()
  const client = useClient()
  const change = createChange<Pick<RemovedAnswer, 'deleted'>>()
  const remove = async () => {
    const body = { key: props.node.key, mod_revision: props.node.modifiedIndex }
    const request = { shape: SHAPES.removed, timeout: KEY_TIMEOUT }
    const done = await change.run(() => client.post<RemovedAnswer>('kv/v2/delete', body, request))
    if (done) props.onRemoved(done.deleted)
  }
  return (
    <RemoveQuestion
      name={new TextEncoder().encode(props.node.key)}
      change={change}
      onRemove={() => void remove()}
      onClose={props.onClose}
    >
      <p class="dialog-text">{keys.remove.forGood(1)}</p>
    </RemoveQuestion>
  )
}
