import { createMemo, createSignal, For, Show } from 'solid-js'
import type { MemberAnswer } from '../../api/answers.ts'
import { Select } from '../../components/Select.tsx'
import { useClusterMessages } from '../../i18n/cluster-messages-context.ts'
import { memberName } from '../shell/health-model.ts'
import { ClusterCell } from './ClusterCell.tsx'
import { ClusterTable } from './ClusterTable.tsx'
import type { ClusterRow } from './cluster-rows.ts'
import { MemberActions } from './MemberActions.tsx'
import { MemberHead } from './MemberHead.tsx'

interface ClusterCardsProps {
  readonly members: readonly MemberAnswer[]
  readonly rows: readonly ClusterRow[]
}

const ALONE = ''

/** For a narrow window: a card a member, or two of them side by side. */
export function ClusterCards(props: ClusterCardsProps) {
  const { cluster } = useClusterMessages()
  const [chosen, setChosen] = createSignal(ALONE)
  const nameOf = (at: number) => memberName(props.members[at]?.id, props.members)
  const pairs = createMemo(() =>
    props.members.flatMap((_, one) =>
      props.members.slice(one + 1).map((_other, more) => [one, one + 1 + more] as const),
    ),
  )
  const options = () => [
    { value: ALONE, text: cluster.eachAlone },
    ...pairs().map(([one, other]) => ({
      value: `${one} ${other}`,
      text: cluster.withOther(nameOf(one), nameOf(other)),
    })),
  ]
  const pair = () => pairs().find((both) => both.join(' ') === chosen())
  return (
    <>
      <Show when={props.members.length > 1}>
        <Select label={cluster.compare} value={chosen()} options={options()} onChange={setChosen} />
      </Show>
      <Show
        when={pair()}
        fallback={
          <For each={props.members}>
            {(member, at) => <MemberCard member={member} name={nameOf(at())} at={at()} rows={props.rows} />}
          </For>
        }
      >
        {(both) => <ClusterTable members={props.members} rows={props.rows} shown={both()} />}
      </Show>
    </>
  )
}

function MemberCard(props: {
  readonly member: MemberAnswer
  readonly name: string
  readonly at: number
  readonly rows: readonly ClusterRow[]
}) {
  return (
    <section class="cluster-card" aria-label={props.name}>
      <header>
        <MemberHead member={props.member} name={props.name} />
        <MemberActions member={props.member} name={props.name} />
      </header>
      <dl>
        <For each={props.rows.map(({ id }) => id)}>
          {(id) => {
            const row = () => props.rows.find((one) => one.id === id)
            return (
              <>
                <dt>{row()?.title}</dt>
                <dd>
                  <Show when={row()?.cells[props.at]}>{(cell) => <ClusterCell cell={cell()} />}</Show>
                </dd>
              </>
            )
          }}
        </For>
      </dl>
    </section>
  )
}
