import { createMemo, Show } from 'solid-js'
import { type DryRunAnswer, SHAPES } from '../../../api/answers.ts'
import { useClient } from '../../../api/client-context.ts'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { createQuery } from '../../../primitives/create-query.ts'
import { identityOf, keyParams, showUnsafe } from '../key-name.ts'
import { KEY_TIMEOUT } from '../key-timeout.ts'

/** Whether the directory that is emptied is a key too: that key stays. */
export function RemovedNode(props: { readonly name: Uint8Array }) {
  const { keyBrowser } = useKeysMessages()
  const client = useClient()
  const counted = createQuery<Pick<DryRunAnswer, 'count' | 'sample'>>(() => {
    const { name } = props
    return {
      queryKey: ['kv', 'v3', 'dry-run', identityOf(name)],
      queryFn: ({ signal }) => {
        const body = { ...keyParams(name), dry_run: true }
        return client.post('kv/v3/delete', body, { shape: SHAPES.counted, signal, timeout: KEY_TIMEOUT })
      },
      gcTime: 0,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
    }
  })
  const text = createMemo(() => {
    const count = counted().data?.count
    if (count === undefined) return undefined
    return keyBrowser.remove.node(showUnsafe(props.name), count > 0)
  })
  return <Show when={text()}>{(shown) => <p class="dialog-text">{shown()}</p>}</Show>
}
