import { formatAge } from '@etcdmonitor/core/format/format-age'
import { formatFullInstant } from '@etcdmonitor/core/format/format-time'
import type { Zone } from '@etcdmonitor/core/format/zoned-time'
import type { RunAnswer } from '../../../api/answers.ts'
import { texts } from '../texts.ts'
import { runMark } from './run-marks.ts'

/** Whether it goes over several members with pauses in between. */
export const isRolling = ({ operation, params }: Pick<RunAnswer, 'operation' | 'params'>): boolean =>
  operation === 'defragment' && 'member_ids' in params

export const runTitle = (run: RunAnswer): string =>
  isRolling(run) ? texts.run.rolling : texts.operations[run.operation]

/** The run for a ticket or a chat: a line a step. */
export function printRun(run: RunAnswer, zone: Zone): string {
  const lines = run.steps.map(({ name, member_name, state, duration_ms, message }) =>
    [
      `- ${texts.steps[name] ?? name}`,
      member_name,
      texts.stepStates[state] ?? state,
      duration_ms === null ? '' : formatAge(duration_ms),
      message,
    ]
      .filter(Boolean)
      .join(', '),
  )
  return [
    `${runTitle(run)}: ${runMark(run).text}, ${formatAge(run.duration_ms)}`,
    `${texts.run.id} ${run.id}, ${texts.run.started(formatFullInstant(run.started_at * 1_000, zone), run.username)}`,
    ...lines,
    ...(run.error ? [`${texts.run.error}: ${run.error.code}: ${run.error.error}`] : []),
    ...(run.result ? [`${texts.run.result}: ${JSON.stringify(run.result)}`] : []),
    '',
  ].join('\n')
}
