import { createSignal, For, onCleanup } from 'solid-js'
import type { MemberAnswer } from '../../api/answers.ts'
import { Icon } from '../../components/Icon.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { memberName } from '../shell/health-model.ts'
import './TileMembers.css'

export interface TileMembersProps {
  /** How many answer of how many. */
  readonly value: string
  readonly members: readonly MemberAnswer[]
  /** The one that the page shows; undefined: all. */
  readonly member: string | undefined
  readonly onChoose: (member: string) => void
}

/** The value of the card of members: under the pointer or with the focus it lists them, and choosing one shows it. */
export function TileMembers(props: TileMembersProps) {
  const { members: texts } = useMessages()
  const [isOpen, setOpen] = createSignal(false)
  let button: HTMLButtonElement | undefined
  // in the browser's top layer: the tiles cut off what is larger than they are
  let list: HTMLUListElement | undefined
  // asked of the list itself: the signal is told later, and a tap enters, focuses and clicks at once
  const isShown = () => list?.matches(':popover-open') === true
  // the list gives the focus back to the button while it closes, however it was closed
  let isClosing = false
  const open = () => {
    if (!button || !list || isShown()) return
    const { left, bottom } = button.getBoundingClientRect()
    list.style.setProperty('--x', `${Math.min(left, Math.max(0, innerWidth - 260))}px`)
    list.style.setProperty('--y', `${bottom}px`)
    list.showPopover()
  }
  const close = () => {
    if (isShown()) list?.hidePopover()
  }
  // it stands where its card was
  addEventListener('scroll', close, { capture: true, passive: true })
  onCleanup(() => removeEventListener('scroll', close, { capture: true }))
  const role = ({ is_leader, is_learner }: MemberAnswer) =>
    texts.roles[is_leader ? 'leader' : is_learner ? 'learner' : 'follower']
  const isWell = ({ status }: MemberAnswer) => status === 'healthy' || status === 'learner'
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what is done here can be done with the button and the list alone
    <span
      class="tile-members"
      onMouseEnter={open}
      onMouseLeave={close}
      onFocusIn={() => {
        if (!isClosing) open()
      }}
      onFocusOut={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) close() // null: the page has lost it
      }}
    >
      <button type="button" ref={(element) => (button = element)} aria-expanded={isOpen()} onClick={open}>
        <bdi>{props.value}</bdi>
      </button>
      <ul
        popover="auto"
        ref={(element) => (list = element)}
        onBeforeToggle={(event) => {
          isClosing = event.newState === 'closed'
        }}
        onToggle={(event) => {
          isClosing = false
          setOpen(event.newState === 'open')
        }}
      >
        <For each={props.members}>
          {(member) => (
            <li>
              <button
                type="button"
                aria-pressed={member.id === props.member}
                onClick={() => {
                  close()
                  props.onChoose(member.id)
                }}
              >
                <Icon name={member.is_leader ? 'leader' : 'dot'} filled={member.is_leader} />
                <bdi translate="no">{memberName(member.id, props.members)}</bdi>
                <span>
                  {[role(member), isWell(member) ? '' : texts.states[member.status]]
                    .filter(Boolean)
                    .join(', ')}
                </span>
              </button>
            </li>
          )}
        </For>
      </ul>
    </span>
  )
}
