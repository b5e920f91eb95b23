import { For, Show } from 'solid-js'
import type { MemberAnswer } from '../../api/answers.ts'
import { useClusterMessages } from '../../i18n/cluster-messages-context.ts'
import { memberName } from '../shell/health-model.ts'
import { ClusterCell } from './ClusterCell.tsx'
import type { ClusterRow } from './cluster-rows.ts'
import { MemberActions } from './MemberActions.tsx'
import { MemberHead } from './MemberHead.tsx'

export interface ClusterTableProps {
  /** All of the cluster: a name is told from the others'. */
  readonly members: readonly MemberAnswer[]
  readonly rows: readonly ClusterRow[]
  /** Places of the members that are shown, in their order. */
  readonly shown: readonly number[]
}

/** Members are columns and attributes rows: comparing is reading across. */
export function ClusterTable(props: ClusterTableProps) {
  const { cluster } = useClusterMessages()
  const hasSpread = () => props.members.length > 1 && props.shown.length === props.members.length
  const membersShown = () => props.shown.flatMap((at) => props.members[at] ?? [])
  const nameOf = ({ id }: MemberAnswer) => memberName(id, props.members)
  return (
    <div class="cluster-scroll">
      <table class="cluster-table">
        <caption class="visually-hidden">{cluster.table}</caption>
        <thead>
          <tr>
            <th scope="col">
              <span class="visually-hidden">{cluster.attribute}</span>
            </th>
            <For each={membersShown()}>
              {(member) => (
                <th scope="col">
                  <MemberHead member={member} name={nameOf(member)} />
                </th>
              )}
            </For>
            <Show when={hasSpread()}>
              <th scope="col" class="cluster-spread">
                {cluster.spread}
              </th>
            </Show>
          </tr>
        </thead>
        <tbody>
          <For each={props.rows.map(({ id }) => id)}>
            {(id) => {
              const row = () => props.rows.find((one) => one.id === id)
              return (
                <tr>
                  <th scope="row">{row()?.title}</th>
                  <For each={props.shown}>
                    {(at) => (
                      <td>
                        <Show when={row()?.cells[at]}>{(cell) => <ClusterCell cell={cell()} />}</Show>
                      </td>
                    )}
                  </For>
                  <Show when={hasSpread()}>
                    <td class="cluster-spread">{row()?.spread}</td>
                  </Show>
                </tr>
              )
            }}
          </For>
          <tr>
            <th scope="row">{cluster.actions}</th>
            <For each={membersShown()}>
              {(member) => (
                <td>
                  <MemberActions member={member} name={nameOf(member)} />
                </td>
              )}
            </For>
            <Show when={hasSpread()}>
              <td />
            </Show>
          </tr>
        </tbody>
      </table>
    </div>
  )
}
