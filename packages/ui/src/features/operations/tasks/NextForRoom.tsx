import { A } from '@solidjs/router'
import { Show } from 'solid-js'
import { texts } from '../texts.ts'
import { createRescueReport, nextForRoom, RESCUE_PLACES } from './rescue-query.ts'

/** A link to the step that makes room, as the report on the way out of NOSPACE has it. */
export function NextForRoom() {
  const report = createRescueReport()
  return (
    <Show when={nextForRoom(report().data)}>
      {(step) => (
        <A href={RESCUE_PLACES[step().action] ?? '/operations'}>
          {texts.plan.cure.next(texts.alarms.actions[step().action] ?? step().action)}
        </A>
      )}
    </Show>
  )
}
