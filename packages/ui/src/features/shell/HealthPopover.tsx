import { Popover } from '@kobalte/core/popover'
import { A } from '@solidjs/router'
import { createSignal, For, Show, untrack } from 'solid-js'
import type { Reason } from '../../api/answers.ts'
import { useMessages } from '../../i18n/messages-context.ts'
import { useCluster } from './cluster-state.ts'
import { createOpsEnabled } from './create-ops-enabled.ts'
import { EndpointsTable } from './EndpointsTable.tsx'
import { HealthChipFace } from './HealthChipFace.tsx'
import type { ChipLook } from './health-model.ts'
import { countFailing, memberName, reasonText } from './health-model.ts'
import { reasonWays } from './reason-ways.ts'
import './HealthPopover.css'

/** The chip with what is behind it: every reason, and the endpoints while one of them fails. */
export function HealthPopover(props: {
  readonly look: ChipLook
  readonly label: string
  readonly startsOpen: boolean
}) {
  const messages = useMessages()
  const { status } = useCluster()
  const isOpsEnabled = createOpsEnabled()
  const [isOpen, setOpen] = createSignal(untrack(() => props.startsOpen))
  const reasons = () => status()?.health.reasons ?? []
  const endpoints = () => status()?.endpoints ?? []
  const waysOf = (reason: Reason) =>
    reasonWays(reason, memberName(reason.member_id, status()?.members ?? []), messages).filter(
      ({ isOps }) => !isOps || isOpsEnabled(),
    )
  const well = () => {
    const failing = countFailing(endpoints())
    return failing === 0 ? messages.health.allWell : messages.health.wellBut(failing, endpoints().length)
  }
  return (
    <Popover placement="bottom-end" gutter={6} open={isOpen()} onOpenChange={setOpen}>
      <Popover.Trigger class="health-chip" data-role={props.look.role} aria-label={props.label}>
        <HealthChipFace look={props.look} />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content class="health-popover">
          <Popover.Title class="health-popover-title">{messages.health.title}</Popover.Title>
          <Show when={reasons().length > 0} fallback={<p>{well()}</p>}>
            <ul class="health-reasons">
              <For each={reasons()}>
                {(reason) => (
                  <li>
                    {reasonText(reason, status()?.members ?? [], messages)}
                    <span class="health-ways">
                      <For each={waysOf(reason)}>
                        {({ href, text }) => (
                          <A href={href} onClick={() => setOpen(false)}>
                            <bdi>{text}</bdi>
                          </A>
                        )}
                      </For>
                    </span>
                    <p>{reason.message}</p>
                  </li>
                )}
              </For>
            </ul>
          </Show>
          <Show when={endpoints().some(({ ok }) => !ok)}>
            <h3>{messages.health.endpoints}</h3>
            <EndpointsTable endpoints={endpoints()} />
          </Show>
        </Popover.Content>
      </Popover.Portal>
    </Popover>
  )
}
