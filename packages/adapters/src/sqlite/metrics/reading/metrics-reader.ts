import { join } from 'node:path'
import { createBreath } from '@etcdmonitor/core/breath'
import { checkBounds, checkDoubles } from '@etcdmonitor/core/metrics/slots/read-bounds'
import type { Log } from '@etcdmonitor/core/ports/log'
import type {
  MemberRef,
  MemberSlots,
  MemberTicks,
  MetricsReader,
  SlotQuery,
} from '@etcdmonitor/core/ports/metrics-store'
import type { Clock } from '@etcdmonitor/core/time'
import { requireSqlite } from '../../sqlite-version.ts'
import { connectToMetrics, type OpenMetricsFile } from '../metrics-connection.ts'
import { watchDamage } from '../metrics-damage.ts'
import { toStorageError } from '../metrics-errors.ts'
import { withSamples } from './count-samples.ts'
import { newBudget } from './read-budget.ts'
import { findKnown, findMember, type MemberReading, readFound } from './read-found.ts'
import { readSlots, rollupsOf } from './read-slots.ts'
import { readTail } from './read-tail.ts'
import { readTicks } from './read-ticks.ts'
import { warmHead } from './warm-head.ts'

export interface MetricsReaderOptions {
  readonly dataDir: string
  readonly clock: Clock
  readonly log: Log
}

/**
 * The embedded store's reading half. The file may appear, or be another one, at any time (storage.md 5.8, 5.11). Rows and head of a
 * member are read in one short transaction, and what is sealed in others; what was read is decoded outside of them.
 * @throws StartRefused when SQLite is too old
 */
export function openSqliteMetricsReader({ dataDir, clock, log }: MetricsReaderOptions): MetricsReader {
  requireSqlite()
  const connection = connectToMetrics(join(dataDir, 'metrics.db'), clock, watchDamage(clock, log))

  /** What `read` makes of each member, in the order of the query; `none` of those of which nothing is known. */
  async function eachMember<T>(
    { members, sources }: Pick<SlotQuery, 'members' | 'sources'>,
    { signal, none }: { readonly signal?: AbortSignal | undefined; readonly none: (member: MemberRef) => T },
    read: (reading: MemberReading) => Promise<T | undefined>,
  ): Promise<T[]> {
    const file = connection.current()
    const tools = { budget: newBudget(), breathe: createBreath(clock, signal) }
    const answers: T[] = []
    for (const member of members) {
      await tools.breathe()
      if (file) await warmHead(file, member, tools.breathe)
      answers.push((file && (await read({ file, ref: member, sources, ...tools }))) ?? none(member))
    }
    return answers
  }

  return {
    limits: { ticks: 20_160, parts: 5_000_000 },
    slots: (query, { signal } = {}) =>
      reachStore(async () => {
        checkBounds(query)
        const { from, to, step, gauge } = query
        const slots = Math.round((to - from) / step)
        checkDoubles(wantedSeries(connection.current(), query), slots, gauge?.length)
        const rollups = rollupsOf(query)
        const none = (member: MemberRef): MemberSlots => ({ member, series: [] })
        const members = await eachMember(query, { signal, none }, async (reading) => {
          const found = await readFound(reading, { from, to, ...rollups })
          return found && (await readSlots(found.read, { ...reading, ...found, ...query }))
        })
        return { from, step, slots, members }
      }),
    ticks: (query, { signal } = {}) =>
      reachStore(async () => {
        checkBounds(query)
        const { from, to } = query
        return await eachMember(query, { signal, none: noTicks }, async (reading) => {
          const found = await readFound(reading, { from, to })
          if (!found) return undefined
          const { member, stretches } = found.read
          return await readTicks({ ...reading, ...found, member, stretches, from, to })
        })
      }),
    tail: (query) =>
      reachStore(async () => {
        checkBounds(query)
        return await eachMember(query, { none: noTicks }, (reading) => readTail(reading, query.span))
      }),
    members: ({ counted = false } = {}) =>
      reachStore(async () => {
        const file = connection.current()
        if (!file) return []
        const { members } = file.facts()
        return counted ? await withSamples(file, members, createBreath(clock)) : members
      }),
    horizon: () => reachStore(async () => connection.current()?.facts().horizon),
    watermark: (members) =>
      reachStore(async () => {
        const facts = connection.current()?.facts()
        if (!facts) return ''
        return `${facts.storeId}:${members.map((member) => facts.find(member)?.newestAt ?? 0).join(',')}`
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

function wantedSeries(
  file: OpenMetricsFile | undefined,
  { members, sources }: Pick<SlotQuery, 'members' | 'sources'>,
) {
  if (!file) return []
  const find = (member: MemberRef) =>
    findKnown(file, member, sources) ?? file.transact(() => findMember(file, member, sources))
  return members.flatMap((member) => find(member)?.wanted ?? [])
}

async function reachStore<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw toStorageError(error)
  }
}
