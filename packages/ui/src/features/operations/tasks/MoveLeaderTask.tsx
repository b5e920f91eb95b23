import { formatAge } from '@etcdmonitor/core/format/format-age'
import { formatValue } from '@etcdmonitor/core/format/format-value'
import { createMemo, createSignal, For, Show } from 'solid-js'
import type { MemberAnswer } from '../../../api/answers.ts'
import { useMessages } from '../../../i18n/messages-context.ts'
import { useCluster } from '../../shell/cluster-state.ts'
import { memberName } from '../../shell/health-model.ts'
import { createLeading } from '../../since/leading.ts'
import { Planned } from '../plan/Planned.tsx'
import { texts } from '../texts.ts'
import { nameAndId } from './member-choice.ts'
import { createMemberFigures } from './member-figures.ts'
import '../SimpleTable.css'

const FSYNC = 'etcd_disk_wal_fsync_duration_seconds_p99'

export function MoveLeaderTask(props: { readonly member: string | undefined }) {
  const { members: memberTexts } = useMessages()
  const { status } = useCluster()
  const current = createMemberFigures([FSYNC])
  const leading = createLeading()
  const members = () => status()?.members ?? []
  const leader = () => members().find(({ is_leader }) => is_leader)
  const voters = () => members().filter(({ is_learner }) => !is_learner)
  const [chosen, setChosen] = createSignal(props.member)
  const target = createMemo(() =>
    members().find((member) => member.id === chosen() && fitness(member) === ''),
  )
  /** Why it cannot lead; `''` when it can. */
  function fitness({ is_leader, is_learner, status: is }: MemberAnswer): string {
    if (is_leader) return texts.moveLeader.isLeader
    if (is_learner) return texts.moveLeader.learner
    return is === 'unreachable' ? memberTexts.states.unreachable : ''
  }
  const lag = ({ raft_index }: MemberAnswer) => {
    const [own, most] = [raft_index, leader()?.raft_index]
    return own === null || !most ? '-' : String(BigInt(most) > BigInt(own) ? BigInt(most) - BigInt(own) : 0n)
  }
  // not by a child function of Show: what it returns is followed only where it is markup
  const presentText = () => {
    const is = leader()
    if (!is) return status() ? texts.moveLeader.none : ''
    const name = memberName(is.id, members())
    const run = leading()
    return run
      ? texts.moveLeader.presentFor(name, texts.lasting(formatAge(run.length), run.bound))
      : texts.moveLeader.present(name)
  }
  const columns = texts.moveLeader.columns
  return (
    <>
      <p>{texts.moveLeader.about}</p>
      <p>{presentText()}</p>
      <Show when={voters().length > 1} fallback={<p>{members().length > 0 && texts.moveLeader.single}</p>}>
        <div class="operations-scroll">
          <table class="operations-table">
            <caption class="visually-hidden">{texts.moveLeader.target}</caption>
            <thead>
              <tr>
                <For each={Object.values(columns)}>{(head) => <th scope="col">{head}</th>}</For>
              </tr>
            </thead>
            <tbody>
              <For each={members()}>
                {(member) => (
                  <tr>
                    <td>
                      <input
                        type="radio"
                        name="target"
                        aria-label={memberName(member.id, members())}
                        checked={member.id === chosen()}
                        disabled={fitness(member) !== ''}
                        onChange={() => setChosen(member.id)}
                      />
                    </td>
                    <th scope="row">
                      <bdi translate="no">{memberName(member.id, members())}</bdi>
                    </th>
                    <td>{lag(member)}</td>
                    <td>{formatValue('seconds', current()?.members[member.id]?.metrics[FSYNC])}</td>
                    <td>{fitness(member) || memberTexts.states[member.status]}</td>
                  </tr>
                )}
              </For>
            </tbody>
          </table>
        </div>
        <Planned
          path="ops/move-leader"
          body={target() ? { target_member_id: target()?.id } : undefined}
          confirmation={() => {
            const name = memberName(target()?.id, members())
            return {
              title: texts.tasks['move-leader'],
              button: texts.moveLeader.button(name),
              targets: target() ? [nameAndId(target()?.id ?? '', members())] : [],
              effects: [texts.moveLeader.confirm(name), texts.plan.notStoppable],
              understand: texts.moveLeader.understand,
            }
          }}
        />
      </Show>
    </>
  )
}
