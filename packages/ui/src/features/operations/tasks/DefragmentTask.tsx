import { formatValue } from '@etcdmonitor/core/format/format-value'
import { createMemo, createSignal, For, Show } from 'solid-js'
import type { MemberAnswer, PlanAnswer } from '../../../api/answers.ts'
import { Select } from '../../../components/Select.tsx'
import { TextField } from '../../../components/TextField.tsx'
import { useMessages } from '../../../i18n/messages-context.ts'
import { useCluster } from '../../shell/cluster-state.ts'
import { memberName } from '../../shell/health-model.ts'
import { type Confirmation, Planned } from '../plan/Planned.tsx'
import { texts } from '../texts.ts'
import { nameAndId, reclaimable } from './member-choice.ts'
import '../SimpleTable.css'

const MIB = 1_048_576
/** What operations.md 6.2 offers; nothing while space is wanted, or of a member that was asked for. */
const LEAST_MIB = '32'

type LeaderChoice = 'auto' | 'move' | 'stay'

/** Members one after another, the leader last; with one member chosen it goes by the same rules, unless a voter is down. */
export function DefragmentTask(props: {
  /** The form begins with these; undefined: with all voters. */
  readonly members: readonly string[] | undefined
  /** Bytes that a member would have to return. */
  readonly least: number | undefined
}) {
  const { members: memberTexts } = useMessages()
  const { status } = useCluster()
  const members = () => status()?.members ?? []
  const voters = createMemo(() => members().filter(({ is_learner }) => !is_learner))
  /** Undefined: all voters, those that join included. */
  const [picked, setPicked] = createSignal<ReadonlySet<string> | undefined>(
    props.members && new Set(props.members),
  )
  const isFull = () => (status()?.health.reasons ?? []).some(({ code }) => code === 'alarm_nospace')
  const [typed, setTyped] = createSignal<string>()
  const least = () => typed() ?? (isFull() ? '0' : leastOf(props))
  const [leader, setLeader] = createSignal<LeaderChoice>('auto')
  const isChosen = ({ id }: MemberAnswer) => picked()?.has(id) ?? true
  const chosen = createMemo(() => voters().filter(isChosen))
  const toggle = (member: MemberAnswer) => {
    const kept = new Set(chosen().map(({ id }) => id))
    if (!kept.delete(member.id)) kept.add(member.id)
    setPicked(kept)
  }
  /** Members in turn are refused while a voter is down; one alone may be the only cure. */
  const alone = () => {
    const [member, other] = chosen()
    const isDown = voters().some(({ status: is }) => is === 'unreachable')
    return member && !other && isDown ? member : undefined
  }
  const leastBytes = () => (/^[0-9]{1,7}$/.test(least()) ? Number(least()) * MIB : undefined)
  const body = createMemo(() => {
    const bytes = leastBytes()
    const one = alone()
    if (one) return { member_id: one.id }
    if (chosen().length === 0 || bytes === undefined) return undefined
    return {
      member_ids: chosen().map(({ id }) => id),
      min_reclaim_bytes: bytes,
      ...(leader() !== 'auto' && { move_leader: leader() === 'move' }),
    }
  })
  const columns = texts.defragment.columns
  return (
    <>
      <p>{texts.defragment.about}</p>
      <div class="operations-scroll">
        <table class="operations-table">
          <caption class="visually-hidden">{texts.tasks.defragment}</caption>
          <thead>
            <tr>
              <th scope="col">{columns.choose}</th>
              <th scope="col">{columns.member}</th>
              <th scope="col">{columns.size}</th>
              <th scope="col">{columns.inUse}</th>
              <th scope="col">{columns.reclaimable}</th>
            </tr>
          </thead>
          <tbody>
            <For each={members()}>
              {(member) => (
                <tr>
                  <td>
                    <input
                      type="checkbox"
                      aria-label={memberName(member.id, members())}
                      checked={isChosen(member) && !member.is_learner}
                      disabled={member.is_learner}
                      onChange={() => toggle(member)}
                    />
                  </td>
                  <th scope="row">
                    <bdi translate="no">{memberName(member.id, members())}</bdi>
                    <span class="operations-quiet">
                      {' '}
                      {
                        memberTexts.roles[
                          member.is_leader ? 'leader' : member.is_learner ? 'learner' : 'follower'
                        ]
                      }
                    </span>
                  </th>
                  <td>{formatValue('bytes', member.db_size)}</td>
                  <td>{formatValue('bytes', member.db_size_in_use)}</td>
                  <td>{formatValue('bytes', reclaimable(member))}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
      <div class="operations-form">
        <TextField
          label={texts.defragment.least}
          inputmode="numeric"
          autocomplete="off"
          value={least()}
          error={leastBytes() === undefined ? texts.defragment.badLeast : undefined}
          onInput={(event) => setTyped(event.currentTarget.value.trim())}
        />
        <Select
          label={texts.defragment.leader}
          value={leader()}
          options={[
            { value: 'auto', text: `${texts.defragment.leader}: ${texts.defragment.leaderAuto}` },
            { value: 'move', text: `${texts.defragment.leader}: ${texts.defragment.leaderMove}` },
            { value: 'stay', text: `${texts.defragment.leader}: ${texts.defragment.leaderStay}` },
          ]}
          onChange={setLeader}
        />
      </div>
      <Show when={chosen().length > 0} fallback={<p>{members().length > 0 && texts.defragment.choose}</p>}>
        <Planned
          path="ops/defragment"
          body={body()}
          isIdle={(plan) => touched(plan).length === 0}
          confirmation={(plan) => confirmationOf(plan, members(), alone() !== undefined)}
        />
      </Show>
    </>
  )
}

/** MiB, as it is typed. Who names members wants them defragmented, whatever they would return. */
function leastOf({ members, least }: Parameters<typeof DefragmentTask>[0]): string {
  if (least !== undefined) return String(Math.round(least / MIB))
  return members === undefined ? LEAST_MIB : '0'
}

/** Members that something is done with, in the order of the plan. */
const touched = ({ steps }: PlanAnswer): readonly string[] =>
  steps.filter(({ action, skipped }) => action === 'defragment' && !skipped).map(({ member_id }) => member_id)

function confirmationOf(plan: PlanAnswer, members: readonly MemberAnswer[], isAlone: boolean): Confirmation {
  const ids = touched(plan)
  const voters = members.filter(({ is_learner }) => !is_learner)
  const names = ids.map((id) => memberName(id, members)).join(', ')
  const isAtRisk = plan.warnings.some(({ code }) => code === 'quorum_at_risk')
  const understand = isAtRisk
    ? texts.defragment.understandQuorum
    : voters.length === 1
      ? texts.defragment.understandSingle
      : undefined
  return {
    title: texts.tasks.defragment,
    button: texts.defragment.button(ids.length),
    targets: ids.map((id) => nameAndId(id, members)),
    effects: [
      isAlone ? texts.defragment.confirmOne(names) : texts.defragment.confirm(names),
      isAlone ? texts.plan.notStoppable : texts.plan.stoppable,
    ],
    understand,
  }
}
