import type { RunAnswer, RunStepAnswer } from '../../../api/answers.ts'
import type { IconName } from '../../../components/Icon.tsx'
import { texts } from '../texts.ts'
import { textIn } from './read-result.ts'

export interface Mark {
  readonly icon: IconName
  readonly role: 'ok' | 'warn' | 'crit' | 'muted'
}

/** Never by colour alone: the word stands beside it. */
const RUN_MARKS: Readonly<Record<RunAnswer['state'], Mark>> = {
  running: { icon: 'refresh', role: 'muted' },
  succeeded: { icon: 'ok', role: 'ok' },
  failed: { icon: 'crit', role: 'crit' },
  cancelled: { icon: 'close', role: 'warn' },
  unknown: { icon: 'unknown', role: 'warn' },
  interrupted: { icon: 'warn', role: 'warn' },
}

/** Of a check that was carried out; what it found is worse than that it ended well. */
const VERDICT_MARKS: ReadonlyMap<string, Mark> = new Map([
  ['inconclusive', { icon: 'warn', role: 'warn' }],
  ['inconsistent', { icon: 'crit', role: 'crit' }],
])

/** How a run stands, with its word. */
export function runMark({ operation, state, result }: RunAnswer): {
  readonly mark: Mark
  readonly text: string
} {
  const verdict = operation === 'hashkv' && state === 'succeeded' ? textIn(result ?? {}, 'verdict') : ''
  const found = VERDICT_MARKS.get(verdict)
  return found ? { mark: found, text: verdict } : { mark: RUN_MARKS[state], text: texts.states[state] }
}

export const STEP_MARKS: Readonly<Record<RunStepAnswer['state'], Mark>> = {
  not_started: { icon: 'stale', role: 'muted' },
  running: { icon: 'refresh', role: 'muted' },
  succeeded: { icon: 'ok', role: 'ok' },
  skipped: { icon: 'forward', role: 'muted' },
  failed: { icon: 'crit', role: 'crit' },
  unknown: { icon: 'unknown', role: 'warn' },
}
