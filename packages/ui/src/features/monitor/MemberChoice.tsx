import { Show } from 'solid-js'
import type { MemberAnswer } from '../../api/answers.ts'
import { Icon } from '../../components/Icon.tsx'
import { Select } from '../../components/Select.tsx'
import { ToggleGroup } from '../../components/ToggleGroup.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { ALL_MEMBERS } from '../../url/monitor-url.ts'
import { memberName } from '../shell/health-model.ts'
import { createAbsentMember } from './create-absent-member.ts'

const MAX_BUTTONS = 7

export interface MemberChoiceProps {
  readonly members: readonly MemberAnswer[]
  /** `all` or an id, which may be that of a member that has left, or of none. */
  readonly value: string
  readonly onChange: (member: string) => void
}

/** All members or one of them. A cluster of one has nothing to choose. */
export function MemberChoice(props: MemberChoiceProps) {
  const { monitor } = useMessages()
  const isAbsent = () => props.value !== ALL_MEMBERS && !props.members.some(({ id }) => id === props.value)
  // before the first answer nobody is listed
  const absence = createAbsentMember(() => (isAbsent() && props.members.length > 0 ? props.value : undefined))
  const absentText = () => {
    const is = absence()
    const name = memberName(props.value, [])
    return is === undefined ? name : `${name}, ${is === 'left' ? monitor.left : monitor.neverSeen}`
  }
  const textOf = (member: MemberAnswer) => {
    const notes = [member.is_leader && monitor.leader, stateText(member)].filter(Boolean)
    return [memberName(member.id, props.members), ...notes].join(', ')
  }
  const stateText = ({ status }: MemberAnswer) => (status === 'healthy' ? '' : monitor.memberState[status])
  const options = () => [
    { value: ALL_MEMBERS, text: monitor.allMembers },
    ...props.members.map((member) => ({ value: member.id, text: textOf(member) })),
    ...(isAbsent() ? [{ value: props.value, text: absentText() }] : []),
  ]
  const buttons = () => [
    { value: ALL_MEMBERS, content: monitor.allMembers },
    ...props.members.map((member) => ({
      value: member.id,
      label: textOf(member),
      content: <MemberFace member={member} name={memberName(member.id, props.members)} />,
    })),
  ]
  return (
    <Show when={props.members.length > 1 || isAbsent()}>
      <Show when={props.members.length <= MAX_BUTTONS && !isAbsent()}>
        <span class="member-buttons">
          <ToggleGroup
            label={monitor.members}
            value={props.value}
            options={buttons()}
            onChange={props.onChange}
          />
        </span>
      </Show>
      <span
        class="member-select"
        data-always={props.members.length > MAX_BUTTONS || isAbsent() ? '' : undefined}
      >
        <Select label={monitor.members} value={props.value} options={options()} onChange={props.onChange} />
      </span>
    </Show>
  )
}

function MemberFace(props: { readonly member: MemberAnswer; readonly name: string }) {
  const isDown = () => props.member.status === 'unreachable' || props.member.status === 'unhealthy'
  return (
    <>
      <bdi>{props.name}</bdi>
      <Show when={props.member.is_leader}>
        <span class="member-leader">
          <Icon name="leader" filled />
        </span>
      </Show>
      <Show when={isDown()}>
        <span class="member-down">
          <Icon name="warn" />
        </span>
      </Show>
    </>
  )
}
