import type { MemberRef, SlotQuery } from '@etcdmonitor/core/ports/metrics-store'
import { memberKey } from './read-members.ts'
import type { Stretch } from './sample-slots.ts'

/** Unix ms, half-open. */
interface Span {
  readonly from: number
  readonly to: number
}

type Window = Pick<SlotQuery, 'from' | 'to' | 'step'>

/**
 * Where slots had to be folded from samples lately: a dashboard asks for nearly the same window again, and what it needs of these is then
 * asked for together with the aggregates. A guess alone: which slots are dirty is told by each answer itself.
 */
export interface DirtyHints {
  /** Slots of the window that are likely to be dirty, with the members that have them there. */
  guess(members: readonly MemberRef[], window: Window): readonly Stretch[]
  /** What was dirty of a member in a window; what else was known of it there is forgotten. */
  note(member: MemberRef, window: Window, dirty: readonly Span[]): void
}

const MAX_MEMBERS = 1_000
/** Of one member, and of one guess. */
const MAX_SPANS = 16

export function createDirtyHints(): DirtyHints {
  const known = new Map<string, readonly Span[]>()
  return {
    guess(members, { from, to, step }) {
      const found = new Map<string, Stretch>()
      for (const member of members)
        for (const span of known.get(memberKey(member)) ?? []) {
          const first = Math.max(from, from + Math.floor((span.from - from) / step) * step)
          const end = Math.min(to, from + Math.ceil((span.to - from) / step) * step)
          if (first >= end) continue
          const key = `${first} ${end}`
          const others = found.get(key)?.members ?? []
          found.set(key, { from: first, to: end, step, members: [...others, member] })
        }
      return [...found.values()].slice(0, MAX_SPANS)
    },
    note(member, { from, to }, dirty) {
      if (known.size > MAX_MEMBERS) known.clear()
      const outside = (known.get(memberKey(member)) ?? []).filter(
        (span) => span.to <= from || span.from >= to,
      )
      known.set(memberKey(member), [...dirty, ...outside].slice(0, MAX_SPANS))
    },
  }
}
