import { formatId } from '@etcdmonitor/core/format/format-id'
import { DropdownMenu } from '@kobalte/core/dropdown-menu'
import { useNavigate } from '@solidjs/router'
import { For, Show } from 'solid-js'
import type { MemberAnswer } from '../../api/answers.ts'
import { copyText } from '../../components/copy-text.ts'
import { Icon } from '../../components/Icon.tsx'
import { useToasts } from '../../components/toasts.ts'
import { useClusterMessages } from '../../i18n/cluster-messages-context.ts'
import { operationsHref } from '../../url/operations-url.ts'
import { createOpsEnabled } from '../shell/create-ops-enabled.ts'
import '../../components/Menu.css'

export interface MemberMenuProps {
  readonly member: MemberAnswer
  readonly name: string
  readonly startsOpen: boolean
}

/** What can be done with one member, and taken of it. */
export function MemberMenu(props: MemberMenuProps) {
  const { cluster } = useClusterMessages()
  const toasts = useToasts()
  const navigate = useNavigate()
  const isOpsEnabled = createOpsEnabled()
  const tasks = () => {
    const { is_leader, is_learner } = props.member
    if (is_learner) return ['snapshot'] as const
    return is_leader
      ? (['snapshot', 'defragment'] as const)
      : (['snapshot', 'defragment', 'move-leader'] as const)
  }
  const copy = async (text: string) =>
    toasts.show((await copyText(text)) ? cluster.copied(text) : cluster.notCopied(text))
  const address = () => props.member.endpoint || props.member.client_urls[0]
  return (
    <DropdownMenu placement="bottom-end" gutter={6} defaultOpen={props.startsOpen}>
      <DropdownMenu.Trigger class="button" data-kind="quiet" aria-label={cluster.menuOf(props.name)}>
        <Icon name="down" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content class="menu">
          <Show when={isOpsEnabled()}>
            <For each={tasks()}>
              {(task) => (
                <DropdownMenu.Item
                  class="menu-item"
                  onSelect={() => navigate(operationsHref({ task, member: props.member.id }))}
                >
                  {cluster.tasks[task]}
                </DropdownMenu.Item>
              )}
            </For>
          </Show>
          <DropdownMenu.Item class="menu-item" onSelect={() => void copy(formatId(props.member.id))}>
            {cluster.copyHexId}
          </DropdownMenu.Item>
          <DropdownMenu.Item class="menu-item" onSelect={() => void copy(props.member.id)}>
            {cluster.copyDecimalId}
          </DropdownMenu.Item>
          <Show when={address()}>
            {(url) => (
              <DropdownMenu.Item class="menu-item" onSelect={() => void copy(url())}>
                {cluster.copyAddress}
              </DropdownMenu.Item>
            )}
          </Show>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu>
  )
}
