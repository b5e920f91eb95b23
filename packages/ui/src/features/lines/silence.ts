import type { MemberAnswer } from '../../api/answers.ts'
import type { SilentSlot } from '../../charts/chart-columns.ts'
import type { WindowData } from '../range/window-data.ts'
import { memberName } from '../shell/health-model.ts'
import { UP_METRIC } from './panel-mode.ts'

/** The newest slots may not have been scraped yet. */
const GRACE_INTERVALS = 2

/**
 * Slots in which drawn members were not scraped: `collector_up` 0, or no value between values. Before a member's first value it
 * was not there to be scraped; after its last one that counts only for members of the cluster, once the scrape is overdue.
 */
export function findSilence(
  ids: readonly string[],
  data: WindowData,
  facts: { readonly members: readonly Pick<MemberAnswer, 'id' | 'name'>[]; readonly interval: number },
): SilentSlot[] {
  const drawn = ids.map((id) => {
    const up = data.members.get(id)?.series.get(UP_METRIC) ?? []
    const isListed = facts.members.some((member) => member.id === id)
    return { name: memberName(id, facts.members), up, isListed, ...bounds(up) }
  })
  return data.times.flatMap((at, index) => {
    const isDue = at + data.step <= data.to - GRACE_INTERVALS * facts.interval
    const present = drawn.filter(({ first, last, isListed }) => index >= first && (index <= last || isListed))
    const silent = present.filter(({ up }) => up[index] === 0 || ((up[index] ?? null) === null && isDue))
    if (silent.length === 0) return []
    return [{ index, names: silent.map(({ name }) => name), all: silent.length === present.length }]
  })
}

/** Slots of the first and the last value; none: a first that is never reached. */
function bounds(up: readonly (number | null)[]): { readonly first: number; readonly last: number } {
  const has = (value: number | null) => value !== null
  const first = up.findIndex(has)
  return { first: first < 0 ? Number.POSITIVE_INFINITY : first, last: up.findLastIndex(has) }
}
