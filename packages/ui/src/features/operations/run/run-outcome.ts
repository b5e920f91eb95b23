import { formatValue } from '@etcdmonitor/core/format/format-value'
import type { RunAnswer } from '../../../api/answers.ts'
import { texts } from '../texts.ts'
import { numberIn, type Result, rowsIn, textIn } from './read-result.ts'

/** What came of a run that succeeded, in a few words; `''` where its state says all. */
export function runOutcome({ operation, state, result, steps }: RunAnswer): string {
  if (state !== 'succeeded' || result === null) return ''
  switch (operation) {
    case 'defragment':
      return defragmented(result)
    case 'snapshot': {
      const who = steps.find(({ member_name }) => member_name !== '')?.member_name ?? ''
      const size = formatValue('bytes', numberIn(result, 'bytes'))
      return [who, size, textIn(result, 'sha256') && texts.overview.verified].filter(Boolean).join(', ')
    }
    case 'hashkv':
      return texts.overview.verdict(textIn(result, 'verdict'), whole(numberIn(result, 'revision')))
    case 'alarm_disarm':
    case 'compact':
    case 'move_leader':
      return ''
  }
}

function defragmented(result: Result): string {
  const count = rowsIn(result, 'members').filter((row) => textIn(row, 'state') === 'succeeded').length
  const bytes = numberIn(result, 'reclaimed_bytes') ?? 0
  const size = formatValue('bytes', Math.abs(bytes))
  const returned = bytes < 0 ? texts.run.grew(size) : texts.overview.returned(size)
  return [count > 0 && texts.overview.members(count), returned].filter(Boolean).join(', ')
}

const whole = (value: number | undefined): string => value?.toLocaleString('en') ?? '-'
