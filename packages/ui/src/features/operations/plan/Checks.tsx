import { A } from '@solidjs/router'
import { For, Show } from 'solid-js'
import { Icon } from '../../../components/Icon.tsx'
import { operationsHref } from '../../../url/operations-url.ts'
import { NextForRoom } from '../tasks/NextForRoom.tsx'
import { texts } from '../texts.ts'
import { type ShownCheck, withoutRepeats } from './without-repeats.ts'
import './Checks.css'

const { cure } = texts.plan

/** Where one looks after what stands in the way. */
const CURES: Readonly<Record<string, readonly [href: string, text: string]>> = {
  no_leader: ['/diagnostics', cure.diagnostics],
  member_unreachable: ['/diagnostics', cure.diagnostics],
  quorum_at_risk: ['/diagnostics', cure.diagnostics],
  voter_unhealthy: ['/diagnostics', cure.diagnostics],
  alarm_corrupt: [operationsHref({ task: 'alarms' }), cure.alarms],
  alarm_nospace: [operationsHref({ task: 'alarms' }), cure.alarms],
  corrupt_not_cleared: [operationsHref({ task: 'hashkv' }), cure.hashkv],
  operation_in_progress: [operationsHref({ task: 'runs' }), cure.run],
}

export interface ChecksProps {
  readonly title: string
  readonly kind: 'blocker' | 'warning'
  readonly checks: readonly ShownCheck[]
}

/** What stands in the way of an operation, or what is to be known before it. */
export function Checks(props: ChecksProps) {
  return (
    <Show when={props.checks.length > 0}>
      <section class="operations-checks" data-kind={props.kind} aria-label={props.title}>
        <h3>{props.title}</h3>
        <ul>
          <For each={withoutRepeats(props.checks)}>
            {(check) => (
              <li>
                <Icon name={props.kind === 'blocker' ? 'crit' : 'warn'} />
                <span>
                  <bdi>{check.message || check.code}</bdi>{' '}
                  <Show when={CURES[check.code]}>{(found) => <A href={found()[0]}>{found()[1]}</A>}</Show>
                  <Show when={check.code === 'quota_still_exceeded'}>
                    <NextForRoom />
                  </Show>
                </span>
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  )
}
