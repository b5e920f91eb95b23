import type { Target, Targets } from './pick-targets.ts'

/** A member that came under the name of one that had left: another member for etcd and in the store. */
export interface Replacement {
  readonly name: string
  /** Member ids. */
  readonly from: string
  readonly to: string
}

const MAX_LEFT = 64

/**
 * Gives a function that compares the members of one cluster with those before. A replacement is mostly seen in two steps, since etcd wants
 * a dead member removed before its successor is added.
 */
export function watchReplacements(): (before: Targets, next: Targets) => readonly Replacement[] {
  const left = new Map<string, string>()

  return (before, next) => {
    const wereNamed = before.members.filter(isNamed)
    for (const { name, memberId } of missingFrom(next.members, wereNamed)) left.set(name, memberId)
    for (const name of [...left.keys()].slice(0, -MAX_LEFT)) left.delete(name)
    // a successor at the address of the one that left may be reached before the list has its name
    return missingFrom(wereNamed, next.members.filter(isNamed)).flatMap(({ name, memberId }) => {
      const from = left.get(name)
      left.delete(name)
      return from === undefined ? [] : { name, from, to: memberId }
    })
  }
}

const isNamed = ({ name }: Target): boolean => name !== ''

const missingFrom = (others: readonly Target[], members: readonly Target[]): readonly Target[] =>
  members.filter(({ memberId }) => !others.some((one) => one.memberId === memberId))
