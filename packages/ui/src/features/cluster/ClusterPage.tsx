import { formatAge } from '@etcdmonitor/core/format/format-age'
import { createMemo, createSignal, Show } from 'solid-js'
import { Button } from '../../components/Button.tsx'
import { copyText } from '../../components/copy-text.ts'
import { DataState, Failure } from '../../components/DataState.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Page } from '../../components/Page.tsx'
import { useToasts } from '../../components/toasts.ts'
import { useClusterMessages } from '../../i18n/cluster-messages-context.ts'
import { createElementSize } from '../../primitives/create-element-size.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { ClusterCards } from './ClusterCards.tsx'
import { ClusterTable } from './ClusterTable.tsx'
import { createClusterFigures } from './cluster-query.ts'
import { clusterRows } from './cluster-rows.ts'
import { verdictOf } from './verdict.ts'
import './ClusterPage.css'

/** Below it members are cards, not columns. */
const NARROW = 700

/** Whether the cluster is well, and which member is not like the others. */
export function ClusterPage() {
  const messages = useClusterMessages()
  const { cluster: texts, pages } = messages
  const state = useCluster()
  const figures = createClusterFigures()
  const toasts = useToasts()
  const [place, setPlace] = createSignal<HTMLElement>()
  const size = createElementSize(place)
  const members = () => state.status()?.members ?? []
  const rows = createMemo(() => {
    const status = state.status()
    if (!status) return []
    const facts = { status, current: figures.current(), hour: figures.hour(), now: state.now() }
    return clusterRows(facts, messages)
  })
  const isNarrow = () => size().width > 0 && size().width < NARROW
  const copyLink = async () =>
    toasts.show((await copyText(location.href)) ? texts.linkCopied : texts.notCopied(location.href))
  return (
    <div class="cluster-page">
      <header class="cluster-head">
        <Page title={pages.cluster} mark={state.status()?.health.state === 'critical' ? '(!) ' : ''} />
        <span class="cluster-age">
          <Show when={state.seenAt()}>
            {(at) => texts.updated(formatAge(Math.max(1_000, state.now() - at())))}
          </Show>
        </span>
        <Button kind="quiet" onClick={() => void copyLink()}>
          {texts.copyLink}
        </Button>
      </header>
      <Show when={state.status()}>
        {(status) => {
          const look = createMemo(() => verdictOf(status(), figures.leading(), messages))
          return (
            <p class="cluster-verdict" data-role={look().role}>
              <Icon name={look().icon} />
              <span>{look().text}</span>
            </p>
          )
        }}
      </Show>
      <div class="cluster-place" ref={setPlace}>
        <DataState
          isLoading={!state.status() && !state.problem()}
          problem={state.status() ? undefined : state.problem()}
          onRetry={state.refresh}
          empty={state.status() && members().length === 0 && <p>{texts.noMembers}</p>}
        >
          <Show when={members().length > 0}>
            <Show
              when={isNarrow()}
              fallback={
                <ClusterTable members={members()} rows={rows()} shown={members().map((_, at) => at)} />
              }
            >
              <ClusterCards members={members()} rows={rows()} />
            </Show>
          </Show>
        </DataState>
      </div>
      <Show when={state.status() && figures.problem()}>
        {(problem) => <Failure problem={problem()} onRetry={figures.retry} />}
      </Show>
    </div>
  )
}
