import { judgeValue, type Tier } from './thresholds.ts'
import type { Tile } from './tiles.ts'

/** The newest values of one member. */
export interface MemberReading {
  readonly id: string
  readonly isLeader: boolean
  /** Not scraped lately: its values are old. */
  readonly isStale: boolean
  readonly metrics: Readonly<Record<string, number>>
  /** Of quantiles and means: how many they rest on. */
  readonly observations: Readonly<Record<string, number>>
}

export interface TileJudgement {
  /** Undefined: no member has one. */
  readonly value: number | undefined
  /** Whose value it is. */
  readonly member: string | undefined
  /** The tier reached, `ok` below all; undefined: nothing can be said. */
  readonly tier: Tier | 'ok' | undefined
  readonly isStale: boolean
  /** Between the largest and the least value of the members; 0 of one. */
  readonly spread: number
}

const NOTHING: TileJudgement = {
  value: undefined,
  member: undefined,
  tier: undefined,
  isStale: false,
  spread: 0,
}

/** The one value to show for all of `readings`, and what is to be thought of it. Old values count only where there is no new one. */
export function judgeTile(tile: Tile, readings: readonly MemberReading[]): TileJudgement {
  const { metric } = tile
  if (metric === null) return NOTHING
  const known = readings.flatMap((reading) => {
    const value = reading.metrics[metric]
    return value === undefined ? [] : [{ reading, value }]
  })
  const fresh = known.filter(({ reading }) => !reading.isStale)
  const counted = fresh.length > 0 ? fresh : known
  const values = counted.map(({ value }) => value)
  const wanted = tile.pick === 'least' ? Math.min(...values) : Math.max(...values)
  const leader = tile.pick === 'leader' ? counted.find(({ reading }) => reading.isLeader) : undefined
  const picked = leader ?? counted.find(({ value }) => value === wanted)
  if (!picked) return NOTHING
  const { reading, value } = picked
  return {
    value,
    member: reading.id,
    tier: tierOf(tile, reading),
    isStale: reading.isStale,
    spread: Math.max(...values) - Math.min(...values),
  }
}

function tierOf({ judgedBy }: Tile, { metrics, observations }: MemberReading): Tier | 'ok' | undefined {
  return judgedBy === null ? undefined : judgeValue(judgedBy, metrics[judgedBy], observations[judgedBy])
}

/** The least and the largest of versions such as `3.5.21`, by their numbers; empty ones do not count. Undefined: there is none. */
export function versionSpan(versions: readonly string[]): readonly [string, string] | undefined {
  const numbers = new Intl.Collator('en', { numeric: true })
  const known = versions.filter((version) => version !== '').toSorted(numbers.compare)
  const [least] = known
  const largest = known.at(-1)
  return least === undefined || largest === undefined ? undefined : [least, largest]
}
