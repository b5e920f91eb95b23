import { Show } from 'solid-js'
import type { MemberAnswer } from '../../api/answers.ts'
import { Icon } from '../../components/Icon.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import './MemberHead.css'

/** Name and part in the cluster. */
export function MemberHead(props: { readonly member: MemberAnswer; readonly name: string }) {
  const { members } = useMessages()
  const role = () =>
    props.member.is_leader ? 'leader' : props.member.is_learner ? 'learner' : ('follower' as const)
  return (
    <>
      <bdi translate="no">{props.name}</bdi>
      <span class="cluster-role">
        <Show when={role() === 'leader'}>
          <Icon name="leader" filled />
        </Show>
        {members.roles[role()]}
      </span>
    </>
  )
}
