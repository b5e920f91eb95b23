import type { Breath } from '@etcdmonitor/core/breath'
import { foldTicks, placeInSlots } from '@etcdmonitor/core/metrics/slots/fold-ticks'
import type { MemberTicks, SeriesTicks } from '@etcdmonitor/core/ports/metrics-store'
import { varintSize, writeVarint } from '../columns/column-bytes.ts'
import { encodeColumn } from '../columns/column-codec.ts'
import { joinGroup } from '../columns/column-group.ts'
import { sealBlob } from '../columns/metrics-blob.ts'
import { chunkId, dayOf, rollupId, WINDOW, windowId } from '../metrics-keys.ts'
import type { StoredMemberRow, StoredSeries } from '../metrics-series.ts'
import { foldDay } from '../reading/fold-day.ts'
import { completeRead, type SampleTables } from '../reading/member-read.ts'
import { UNBOUNDED } from '../reading/read-budget.ts'
import { readTicks } from '../reading/read-ticks.ts'
import { cellsOfSlots, coarsen, putCells } from './day-cells.ts'
import { type Cells, COARSE, FINE, type Tier } from './rollup-rows.ts'

/** What a window of a member becomes; written in one transaction. */
export interface SealedRows {
  readonly member: StoredMemberRow
  readonly window: number
  /** Rows of the head that went into it, and values in its chunks. */
  readonly ticks: number
  readonly samples: number
  readonly win: Row
  readonly chunk: readonly Row[]
  readonly r5: readonly Row[]
  readonly r30: readonly Row[]
  /** Ids of series with a sample in the window whose last day was an earlier one. */
  readonly newDay: readonly number[]
}

interface Row {
  readonly id: number
  readonly blob: Uint8Array
}

export interface SealAsk {
  readonly tables: SampleTables
  readonly member: StoredMemberRow
  readonly series: readonly StoredSeries[]
  readonly window: number
  readonly breathe: Breath
}

/** Reads, folds and encodes a window that cannot change any more (storage.md 5.6). Writes nothing. */
export async function prepareSeal({ tables, member, series, window, breathe }: SealAsk): Promise<SealedRows> {
  const from = window * WINDOW
  const to = from + WINDOW
  const day = dayOf(from)
  const transact = <T>(work: () => T): T => work()
  const read = await completeRead({
    from,
    to,
    member,
    series,
    wanted: [],
    plan: tables.plan(member, { from, to }),
    tables,
    transact,
    foresee: UNBOUNDED.foresee,
    breathe,
  })
  const today = tables.days.read({ tier: FINE, width: FINE.cell, day, series, until: from })
  const chunk: Row[] = []
  const r5: Row[] = []
  const r30: Row[] = []
  const newDay: number[] = []
  let samples = 0

  const encode = async (columns: readonly Float64Array[]) => {
    const parts: Uint8Array[] = []
    for (const column of columns) {
      await breathe()
      parts.push(encodeColumn(column))
    }
    return parts
  }
  const encodeTier = async (tier: Tier, one: StoredSeries, cells: Cells, rows: Row[]) => {
    const id = rollupId(day, one.id)
    rows.push({ id, blob: sealBlob(tier.table, id, joinGroup(await encode(cells))) })
  }

  const ticksOf = (wanted: readonly StoredSeries[]) =>
    readTicks({
      member: read.member,
      stretches: read.stretches,
      from,
      to,
      series,
      wanted,
      withoutRules: wanted.every(({ kind }) => kind === 'gauge'),
      budget: UNBOUNDED,
      breathe,
    })
  const { times } = await ticksOf([])

  /** What the rollups of today hold up to the window; where a row of them is damaged, once more from the samples. */
  const cellsBefore = async (group: readonly StoredSeries[]): Promise<readonly (Cells | undefined)[]> => {
    const found = group.map((one) => today.cells(one))
    const isDamaged = found.includes('damaged')
    const folded = isDamaged
      ? await foldDay({ member, series, group, day, until: from, tables, transact, breathe })
      : []
    return found.map((cells, i) => (cells === 'damaged' ? folded[i] : cells))
  }

  for (const group of Map.groupBy(series, ({ source }) => source).values()) {
    const before = await cellsBefore(group)
    const ticks = await ticksOf(group)
    await breathe()
    const folded = foldTicks(ticks, placeInSlots(ticks, from, FINE.cell, WINDOW / FINE.cell))
    for (const [i, one] of group.entries()) {
      const columns = samplesOf(ticks, ticks.series[i])
      const count = countSamples(columns)
      if (count > 0) {
        const id = chunkId(window, one.id)
        const [single = new Uint8Array(0), ...more] = await encode(columns)
        const body = one.kind === 'histogram' ? joinGroup([single, ...more]) : single
        chunk.push({ id, blob: sealBlob('chunk', id, body) })
        samples += count * columns.length
        if (one.lastDay < day) newDay.push(one.id)
      }
      const cells = cellsOfSlots(folded[i])
      if (!cells) continue
      const fine = putCells(one, before[i], cells, from)
      await encodeTier(FINE, one, fine, r5)
      await encodeTier(COARSE, one, coarsen(one, fine), r30)
    }
  }
  const id = windowId(window, member.id)
  return {
    member,
    window,
    ticks: times.length,
    samples,
    win: { id, blob: sealBlob('win', id, encodeTimes(times, from)) },
    chunk,
    r5,
    r30,
    newDay,
  }
}

/** Without the seam. */
function samplesOf({ first }: MemberTicks, ticks: SeriesTicks | undefined): readonly Float64Array[] {
  if (!ticks) return []
  const columns = ticks.kind === 'histogram' ? [...ticks.buckets, ticks.sum] : [ticks.values]
  return columns.map((column) => column.subarray(first))
}

function countSamples([column = new Float64Array(0)]: readonly Float64Array[]): number {
  let count = 0
  for (const value of column) if (!Number.isNaN(value)) count++
  return count
}

/** Varint n, then the column of instants from the beginning of the window on. */
function encodeTimes(times: Float64Array, from: number): Uint8Array {
  const column = encodeColumn(times.map((at) => at - from))
  const body = new Uint8Array(varintSize(times.length) + column.length)
  body.set(column, writeVarint(body, 0, times.length))
  return body
}
