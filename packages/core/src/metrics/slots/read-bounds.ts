import { AppError } from '../../errors.ts'
import { READ_LIMITS, type SlotQuery } from '../../ports/metrics-store.ts'
import { columnCount, type SeriesShape } from './merge-slots.ts'

type Asked = Pick<SlotQuery, 'members' | 'sources'> & Partial<Pick<SlotQuery, 'from' | 'to' | 'step'>>

/** Before any work (storage.md 2.1, rule 3). @throws AppError `too_many_points`; a plain Error for a window that no caller may form */
export function checkBounds({ members, sources, from = 0, to = 0, step }: Asked): void {
  refuseBeyond(members.length, READ_LIMITS.members, 'members')
  refuseBeyond(sources.length, READ_LIMITS.sources, 'sources')
  if (step === undefined) return
  const slots = (to - from) / step
  if (step < 50 || !Number.isInteger(slots) || slots < 1)
    throw new Error(`no window: ${from} to ${to} by ${step}`)
  refuseBeyond(slots, READ_LIMITS.slots, 'slots')
}

/** Of an answer with all of `series`, before any of it is read. @throws AppError `too_many_points` */
export function checkDoubles(
  series: readonly Pick<SeriesShape, 'kind' | 'bounds'>[],
  slots: number,
  gaugeColumns = 5,
): void {
  const count = series.reduce((sum, one) => sum + (one.kind === 'gauge' ? gaugeColumns : columnCount(one)), 0)
  refuseBeyond(count * slots, READ_LIMITS.doubles, 'values')
}

function refuseBeyond(count: number, max: number, what: string): void {
  if (count > max) throw new AppError('too_many_points', `${count} ${what} in one query, at most ${max} fit`)
}
