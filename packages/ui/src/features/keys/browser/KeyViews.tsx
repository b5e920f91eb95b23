import { Match, Switch } from 'solid-js'
import { copyText } from '../../../components/copy-text.ts'
import { useToasts } from '../../../components/toasts.ts'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import type { Drafts } from '../drafts/drafts.ts'
import { copiedName } from '../key-name.ts'
import { KeyList } from '../list/KeyList.tsx'
import { foundActions } from '../search/found-actions.ts'
import { KeySearch } from '../search/KeySearch.tsx'
import { nodeActions } from '../tree/node-actions.ts'
import { TreePane } from '../tree/TreePane.tsx'
import { nodeKey } from '../tree/tree-rows.ts'
import type { BrowserState } from './create-browser-state.ts'
import { PlaceBar } from './PlaceBar.tsx'

const EVERYTHING = new Uint8Array()

/** The keys as a tree, as a list, or as what was found. */
export function KeyViews(props: { readonly state: BrowserState; readonly drafts: Drafts }) {
  const { keyBrowser } = useKeysMessages()
  const toasts = useToasts()
  const { separator, rights, changes, place, go, ...state } = props.state
  const copy = async (key: Uint8Array) =>
    toasts.show((await copyText(copiedName(key))) ? keyBrowser.copied : keyBrowser.notCopied)
  const actionsDeps = {
    separator,
    changes,
    texts: keyBrowser.menu,
    onCopy: (key: Uint8Array) => void copy(key),
    onGo: go,
  }
  const foundDeps = { ...actionsDeps, onOpen: state.open }
  const found = {
    onOpen: state.open,
    onRemove: (key: Uint8Array) => changes.remove({ key, isDirectory: false }),
    onCreate: (key: Uint8Array) => changes.createBeside({ key, isDirectory: false }, state.prefix()),
    actionsOf: (key: Uint8Array) => foundActions(key, foundDeps),
  }
  return (
    <>
      <PlaceBar
        prefix={place().view === 'tree' ? state.treePrefix() : state.prefix()}
        isBounded={place().at.length > 0}
        hasGrants={rights.grants() !== undefined}
        onShowAll={() => go({ at: EVERYTHING })}
      />
      <Switch>
        <Match when={place().view === 'tree'}>
          <TreePane
            tree={state.tree()}
            separator={separator}
            selection={state.selection()}
            hasDraft={(id) => props.drafts.of(id) !== undefined}
            canCreate={changes.isAllowed()}
            onSelect={state.select}
            onCreate={() => changes.create(state.treePrefix())}
            onPrefix={(at) => go({ at })}
            onShowAll={() => go({ at: EVERYTHING })}
            onRefresh={state.refresh}
            onList={(target) => state.find({ act: 'list', target })}
            actionsOf={(node) => nodeActions(node, actionsDeps)}
            onKey={(key, node) => {
              if (key === 'n') changes.createIn(node, state.prefix())
              else if (node) changes.remove({ key: nodeKey(node), isDirectory: !node.isKey })
            }}
          />
        </Match>
        <Match when={place().view === 'list'}>
          <KeyList
            prefix={state.prefix()}
            separator={separator}
            from={state.from()}
            selection={state.selection()}
            refreshes={state.refreshes()}
            change={state.change()}
            onFrom={state.setFrom}
            {...found}
          />
        </Match>
        <Match when={place().view === 'search'}>
          <KeySearch
            place={place()}
            prefix={state.prefix()}
            separator={separator}
            refreshes={state.refreshes()}
            change={state.change()}
            onGo={go}
            {...found}
          />
        </Match>
      </Switch>
    </>
  )
}
