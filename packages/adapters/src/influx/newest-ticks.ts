import type { Outbox } from '@etcdmonitor/core/ports/outbox'

/** Ticks that are further apart than this belong to different runs. */
const APART = 43_200_000
/** Where the outbox keeps the first tick of the present run; no member has this name. */
const RUN = 'run'

/** The newest tick of each member, which survives a restart with the outbox. */
export interface NewestTicks {
  /** Whether the tick comes too late for the member. */
  isHeld(member: string, at: number): boolean
  /** What the outbox is to hold once the tick of these members is stored. */
  after(members: readonly string[], at: number): Iterable<readonly [string, number]>
  /** It is stored. */
  note(members: readonly string[], at: number): void
  of(member: string): number
  /** The newest of all; 0 while there is none. */
  last(): number
  /** First tick of those that follow one another to the newest without half a day between them. */
  runFrom(): number
  /** Members whose newest tick is at or after `from`. */
  from(from: number): readonly string[]
}

export function createNewestTicks(outbox: Pick<Outbox, 'newest'>): NewestTicks {
  const known = new Map(outbox.newest())
  const last = () => Math.max(0, ...membersOf(known).map(([, at]) => at))
  const runFrom = (at: number) => (at - last() > APART ? at : (known.get(RUN) ?? at))
  return {
    isHeld: (member, at) => at <= (known.get(member) ?? Number.NEGATIVE_INFINITY),
    after: (members, at) => [[RUN, runFrom(at)], ...members.map((member) => [member, at] as const)],
    note(members, at) {
      known.set(RUN, runFrom(at))
      for (const member of members) known.set(member, at)
    },
    of: (member) => known.get(member) ?? 0,
    last,
    runFrom: () => known.get(RUN) ?? 0,
    from: (from) => membersOf(known).flatMap(([member, at]) => (at >= from ? [member] : [])),
  }
}

const membersOf = (known: ReadonlyMap<string, number>) => [...known].filter(([member]) => member !== RUN)
