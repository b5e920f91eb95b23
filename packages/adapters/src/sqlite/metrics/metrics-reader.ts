import { join } from 'node:path'
import { foldTicks, placeInSlots } from '@etcdmonitor/core/metrics/fold-ticks'
import type { Log } from '@etcdmonitor/core/ports/log'
import type {
  MemberRef,
  MemberSlots,
  MemberTicks,
  MetricsReader,
  TickQuery,
} from '@etcdmonitor/core/ports/metrics-store'
import type { Clock } from '@etcdmonitor/core/time'
import { requireSqlite } from '../sqlite-version.ts'
import { createBreath } from './breath.ts'
import { connectToMetrics, type OpenMetricsFile } from './metrics-connection.ts'
import { watchDamage } from './metrics-damage.ts'
import { toStorageError } from './metrics-errors.ts'
import { checkBounds, checkDoubles } from './read-bounds.ts'
import { readTail } from './read-tail.ts'
import { readWindow } from './read-window.ts'
import { newBudget } from './tick-columns.ts'

export interface MetricsReaderOptions {
  readonly dataDir: string
  readonly clock: Clock
  readonly log: Log
}

/**
 * The embedded store's reading half. The file may appear, or be another one, at any time (storage.md 5.8, 5.11).
 * @throws StartRefused when SQLite is too old
 */
export function openSqliteMetricsReader({ dataDir, clock, log }: MetricsReaderOptions): MetricsReader {
  requireSqlite()
  const connection = connectToMetrics(join(dataDir, 'metrics.db'), clock, watchDamage(clock, log))

  const ticksOf = async (
    query: Pick<TickQuery, 'members' | 'sources' | 'from' | 'to'>,
    signal: AbortSignal | undefined,
    use: (ticks: MemberTicks) => void,
  ) => {
    const file = connection.current()
    const budget = newBudget()
    const breathe = createBreath(clock, signal)
    for (const member of query.members) {
      await breathe()
      const found = file && findSeries(file, member, query.sources)
      use(
        found ? await readWindow({ ...found, ...query, head: file.head, budget, breathe }) : noTicks(member),
      )
    }
  }

  return {
    limits: { ticks: 20_160, parts: 5_000_000 },
    slots: (query, { signal } = {}) =>
      reachStore(async () => {
        checkBounds(query)
        const { from, to, step, gauge } = query
        const slots = Math.round((to - from) / step)
        checkDoubles(wantedSeries(connection.current(), query), slots, gauge?.length)
        const members: MemberSlots[] = []
        await ticksOf(query, signal, (ticks) => {
          const series = foldTicks(ticks, placeInSlots(ticks, from, step, slots), gauge)
          members.push({ member: ticks.member, series })
        })
        return { from, step, slots, members }
      }),
    ticks: (query, { signal } = {}) =>
      reachStore(async () => {
        checkBounds(query)
        const answer: MemberTicks[] = []
        await ticksOf(query, signal, (ticks) => answer.push(ticks))
        return answer
      }),
    tail: ({ members, sources, span }) =>
      reachStore(async () => {
        checkBounds({ members, sources })
        const file = connection.current()
        await file?.newest.refresh()
        const budget = newBudget()
        const breathe = createBreath(clock)
        const answer: MemberTicks[] = []
        for (const member of members) {
          await breathe()
          const found = file && findSeries(file, member, sources)
          answer.push(
            found
              ? await readTail(
                  { ...found, head: file.head, budget, breathe },
                  file.newest.of(found.member.id),
                  span,
                )
              : noTicks(member),
          )
        }
        return answer
      }),
    members: () =>
      reachStore(async () => {
        const file = connection.current()
        await file?.newest.refresh()
        return (file?.series.members() ?? [])
          .map(({ id, clusterId, memberId, info, firstAt }) => {
            const { at, okAt } = file?.newest.of(id) ?? { at: 0, okAt: 0 }
            return {
              member: { clusterId, memberId },
              ...(info && { info }),
              firstAt,
              newestAt: at,
              newestOkAt: okAt,
            }
          })
          .sort((a, b) => b.newestAt - a.newestAt)
      }),
    horizon: () =>
      reachStore(async () => {
        const firsts = (connection.current()?.series.members() ?? [])
          .map(({ firstAt }) => firstAt)
          .filter(Boolean)
        // Nothing is removed in this version: both begin with the first data.
        return firsts.length === 0 ? undefined : { ticks: Math.min(...firsts), rollups: Math.min(...firsts) }
      }),
    watermark: (members) =>
      reachStore(async () => {
        const file = connection.current()
        if (!file) return ''
        await file.newest.refresh()
        const newest = members.map((member) => file.newest.of(file.series.find(member)?.id ?? 0).at)
        return `${file.storeId}:${newest.join(',')}`
      }),
    health: () => {
      try {
        connection.current()
      } catch {
        // what it says then is its health
      }
      return connection.health()
    },
    async [Symbol.asyncDispose]() {
      connection.close()
    },
  }
}

function findSeries(file: OpenMetricsFile, ref: MemberRef, sources: readonly string[]) {
  const member = file.series.find(ref)
  if (!member) return undefined
  const series = file.series.of(member.id)
  return { member, series, wanted: series.filter(({ source }) => sources.includes(source)) }
}

const noTicks = (member: MemberRef): MemberTicks => {
  const none = new Float64Array(0)
  return {
    member,
    times: none,
    first: 0,
    intervalSeconds: none,
    clockError: none,
    raftPosition: none,
    series: [],
  }
}

const wantedSeries = (
  file: OpenMetricsFile | undefined,
  { members, sources }: Pick<TickQuery, 'members' | 'sources'>,
) => members.flatMap((member) => (file && findSeries(file, member, sources)?.wanted) ?? [])

async function reachStore<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toStorageError(error)
  }
}
