import { formatAge } from '@etcdmonitor/core/format/format-age'
import { createSignal, Show } from 'solid-js'
import { Button } from '../../../components/Button.tsx'
import type { MenuAction } from '../../../components/ContextMenu.tsx'
import { DataState } from '../../../components/DataState.tsx'
import { TextField } from '../../../components/TextField.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { createNow } from '../../../primitives/create-now.ts'
import type { KeySelection } from '../../../url/keys-url.ts'
import { KeyTree } from '../tree/KeyTree.tsx'
import type { TreeNode } from '../tree/tree-rows.ts'
import { V2_SEPARATOR, type V2Tree } from './create-v2-tree.ts'

export interface V2TreePaneProps {
  readonly tree: V2Tree
  readonly filter: string
  readonly selection: KeySelection | undefined
  readonly hasDraft: (id: string) => boolean
  readonly onSelect: (selection: KeySelection) => void
  readonly onPrefix: (prefix: string) => void
  readonly actionsOf: (node: TreeNode) => readonly MenuAction[]
}

/** The v2 tree, below how many keys it has and how old that is. */
export function V2TreePane(props: V2TreePaneProps) {
  const { keys, v2 } = useKeysMessages()
  const now = createNow(1_000)
  const isTooLarge = () => props.tree.problem()?.code === 'result_too_large'
  const isEmpty = () => props.tree.count() !== undefined && props.tree.rows().length === 0
  return (
    <>
      <Show when={props.tree.count() !== undefined}>
        <p class="key-browser-head">
          <strong>
            {keys.total(props.tree.count() ?? 0, (props.tree.count() ?? 0).toLocaleString('en'))}
          </strong>
          <span>{v2.readAgo(formatAge(Math.max(1_000, now() - props.tree.readAt())))}</span>
        </p>
      </Show>
      <Show when={props.filter !== ''}>
        <p class="key-browser-note">{v2.filtered}</p>
      </Show>
      <Show when={!isTooLarge()} fallback={<PrefixForm onPrefix={props.onPrefix} />}>
        <DataState
          isLoading={props.tree.isLoading()}
          problem={props.tree.problem()}
          onRetry={props.tree.refresh}
          empty={isEmpty() && <p>{props.filter === '' ? v2.noKeys : v2.noMatch}</p>}
        >
          <KeyTree
            label={keys.tree}
            tree={props.tree}
            separator={V2_SEPARATOR}
            selection={props.selection}
            hasDraft={props.hasDraft}
            onSelect={props.onSelect}
            actionsOf={props.actionsOf}
          />
        </DataState>
      </Show>
    </>
  )
}

/** For a tree that is too large for one answer. */
function PrefixForm(props: { readonly onPrefix: (prefix: string) => void }) {
  const { keyBrowser, v2 } = useKeysMessages()
  const [typed, setTyped] = createSignal('/')
  return (
    <form
      class="key-browser-refused"
      onSubmit={(event) => {
        event.preventDefault()
        props.onPrefix(typed())
      }}
    >
      <p>{v2.tooLarge}</p>
      <TextField
        label={keyBrowser.prefix}
        value={typed()}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <Button type="submit" kind="primary">
        {keyBrowser.browse}
      </Button>
    </form>
  )
}
