import { Show } from 'solid-js'
import { Icon } from '../../components/Icon.tsx'
import type { Cell } from './cluster-rows.ts'
import { Sparkline } from './Sparkline.tsx'
import './ClusterCell.css'

const ICONS = { ok: 'ok', warn: 'warn', crit: 'crit' } as const

/** A value, what is to be thought of it, and its last hour. */
export function ClusterCell(props: { readonly cell: Cell }) {
  return (
    <span class="cluster-cell" data-old={props.cell.isOld ? '' : undefined}>
      <Show when={props.cell.mark}>
        {(mark) => (
          <span class="cluster-mark" data-role={mark()} title={props.cell.why}>
            <Icon name={ICONS[mark()]} />
            <Show when={props.cell.why}>
              <span class="visually-hidden">{props.cell.why}: </span>
            </Show>
          </span>
        )}
      </Show>
      <bdi translate="no">{props.cell.text}</bdi>
      <Show when={props.cell.note}>
        <span class="cluster-note">
          <bdi>{props.cell.note}</bdi>
        </span>
      </Show>
      <Show when={props.cell.line}>{(values) => <Sparkline values={values()} />}</Show>
    </span>
  )
}
