import { formatAge } from '@etcdmonitor/core/format/format-age'
import { BANNER, type Tile } from '@etcdmonitor/core/metrics/tiles'
import { createMemo, For, Show } from 'solid-js'
import { Icon } from '../../components/Icon.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { ALL_MEMBERS } from '../../url/monitor-url.ts'
import { shownCards } from '../layout/arrange-cards.ts'
import type { MonitorState } from '../monitor/monitor-state.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { createLeading } from '../since/leading.ts'
import { TileMembers } from './TileMembers.tsx'
import { type TileFacts, tileFace } from './tile-face.ts'
import './MonitorTiles.css'

/** What counts at a glance: the newest values of the member that is shown, or of all. */
export function MonitorTiles(props: { readonly state: MonitorState }) {
  const { tiles } = useMessages()
  const cluster = useCluster()
  const leading = createLeading()
  const facts = createMemo<TileFacts>(() => ({
    members: cluster.status()?.members ?? [],
    current: props.state.current(),
    member: props.state.member() === ALL_MEMBERS ? undefined : props.state.member(),
    leaderChanges: props.state.leaderChanges(),
    leading: leading(),
  }))
  const cards = createMemo(() => shownCards(props.state.layout()))
  return (
    <section class="monitor-tiles" aria-label={tiles.region}>
      <ul>
        <For each={[...BANNER, ...cards()]}>
          {(tile) => <TileItem tile={tile} facts={facts()} state={props.state} />}
        </For>
      </ul>
    </section>
  )
}

const MARKS = { ok: 'ok', notice: 'notice', warning: 'warn', critical: 'crit' } as const

function TileItem(props: { readonly tile: Tile; readonly facts: TileFacts; readonly state: MonitorState }) {
  const messages = useMessages()
  const cluster = useCluster()
  const face = createMemo(() => tileFace(props.tile, props.facts, messages))
  const role = () => {
    const { mark } = face()
    return mark && MARKS[mark]
  }
  return (
    <li class="tile" data-stale={face().staleSince === undefined ? undefined : ''}>
      <span class="tile-title">
        <Show when={props.tile.panel} fallback={props.tile.title}>
          {(panel) => (
            <a
              href={props.state.panelUrl(panel())}
              onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return
                event.preventDefault()
                props.state.maximise(panel())
              }}
            >
              {props.tile.title}
            </a>
          )}
        </Show>
      </span>
      <span class="tile-value" data-role={role()}>
        <Show when={role()}>{(name) => <Icon name={name()} />}</Show>
        <Show when={face().mark && face().mark !== 'ok' && face().mark}>
          {(mark) => (
            <span class="visually-hidden">
              {messages.tiles.marks[mark() as keyof typeof messages.tiles.marks]}
            </span>
          )}
        </Show>
        <Show when={props.tile.id === 'cardMemberSize'} fallback={<bdi>{face().value}</bdi>}>
          <TileMembers
            value={face().value}
            members={props.facts.members}
            member={props.facts.member}
            onChoose={(member) => props.state.showMember(member)}
          />
        </Show>
      </span>
      <span class="tile-sub">
        <Show when={face().staleSince} fallback={face().sub}>
          {(since) => (
            <>
              <Icon name="stale" />
              {cluster.now() < since() - 1_000
                ? messages.tiles.noAge
                : messages.tiles.old(formatAge(Math.max(1_000, cluster.now() - since())))}
            </>
          )}
        </Show>
      </span>
    </li>
  )
}
