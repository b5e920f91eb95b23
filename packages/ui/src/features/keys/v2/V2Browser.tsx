import { Show } from 'solid-js'
import { SHAPES, type V2Connection } from '../../../api/answers.ts'
import { useClient } from '../../../api/client-context.ts'
import { currentSession } from '../../../api/session.ts'
import { Button } from '../../../components/Button.tsx'
import { DataState } from '../../../components/DataState.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { createProblem, createQuery } from '../../../primitives/create-query.ts'
import type { KeysPlaceState } from '../create-keys-place.ts'
import { KeysToolbar } from '../KeysToolbar.tsx'
import { createKeyRules, ONCE } from '../key/key-query.ts'
import { KEY_TIMEOUT } from '../key-timeout.ts'
import { V2Keys } from './V2Keys.tsx'
import type { V2Drafts } from './v2-drafts.ts'
import './V2Browser.css'

const EVERYTHING = new Uint8Array()

/** Keys of the v2 API, where the cluster serves it. */
export function V2Browser(props: { readonly state: KeysPlaceState; readonly drafts: V2Drafts }) {
  const { v2 } = useKeysMessages()
  const client = useClient()
  const rules = createKeyRules()
  const connection = createQuery<V2Connection>(() => ({
    queryKey: ['kv', 'v2', 'connect'],
    queryFn: ({ signal }) =>
      client.get('kv/v2/connect', {}, { shape: SHAPES.v2Connection, signal, timeout: KEY_TIMEOUT }),
    enabled: currentSession() !== undefined,
    retry: false, // that it is off is an answer
    gcTime: 0, // it may be on the next time
    ...ONCE,
  }))
  const problem = createProblem(connection, () => 'v2')
  const isOff = () => problem()?.code === 'v2_unavailable'
  return (
    <Show
      when={!isOff() && connection().data}
      fallback={
        <div class="keys-body">
          <KeysToolbar state={props.state} isReadOnly={rules()?.kv_read_only === true}>
            <span class="keys-toolbar-space" />
          </KeysToolbar>
          <Show
            when={isOff()}
            fallback={
              <DataState
                isLoading={connection().isPending && !problem()}
                problem={problem()}
                onRetry={() => void connection().refetch()}
              >
                <div class="v2-waiting" />
              </DataState>
            }
          >
            <div class="v2-off" role="status">
              <p>{v2.off}</p>
              <Button onClick={() => void connection().refetch()}>{v2.tryAgain}</Button>
              <Button
                kind="primary"
                onClick={() =>
                  props.state.go({ api: 'v3', view: 'tree', selection: undefined, at: EVERYTHING })
                }
              >
                {v2.backToV3}
              </Button>
            </div>
          </Show>
        </div>
      }
    >
      <V2Keys state={props.state} drafts={props.drafts} onGone={() => void connection().refetch()} />
    </Show>
  )
}
