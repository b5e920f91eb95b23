import { CorruptColumn, readBytes } from '../columns/column-bytes.ts'
import { decodeColumn } from '../columns/column-codec.ts'
import { splitGroup } from '../columns/column-group.ts'
import { openBlob } from '../columns/metrics-blob.ts'
import type { HeadRow } from '../head-rows.ts'
import type { DamageWatch } from '../metrics-damage.ts'
import { chunkId, WINDOW, windowId } from '../metrics-keys.ts'
import { placesOf, type StoredSeries } from '../metrics-series.ts'

/** Ticks of a member that lie together in the file: a sealed window, or the head. Decodes what it is asked for. */
export interface Stretch {
  /** Unix ms, ascending. */
  readonly times: Float64Array
  /** Values at the ticks `[first, end)` by place of the series; undefined: it has no sample in the stretch. */
  columns(series: StoredSeries, first: number, end: number): readonly Float64Array[] | undefined
}

/** In one piece of memory: a histogram has 20 columns and more, and each piece takes longer to get than to fill. */
export function openColumns(count: number, length: number): readonly Float64Array[] {
  const all = new Float64Array(count * length)
  return Array.from({ length: count }, (_, k) => all.subarray(k * length, (k + 1) * length))
}

export function headStretch(rows: readonly HeadRow[]): Stretch {
  const times = new Float64Array(rows.length)
  for (const [i, { at }] of rows.entries()) times[i] = at
  const turned = new Map<number, readonly Float64Array[]>()
  const turn = (series: StoredSeries) => {
    const columns = openColumns(placesOf(series), rows.length)
    for (const [i, row] of rows.entries()) {
      const values = row.values()
      for (const [k, column] of columns.entries()) column[i] = values[series.place + k] ?? Number.NaN
    }
    return columns
  }
  return {
    times,
    columns(series, first, end) {
      const columns = turned.get(series.id) ?? turn(series)
      turned.set(series.id, columns)
      return columns.map((column) => column.subarray(first, end))
    },
  }
}

/** What was read of a window, still sealed. */
export interface SealedWindow {
  readonly window: number
  readonly member: number
  readonly ts: Uint8Array
  /** By series id. */
  readonly chunks: Map<number, Uint8Array>
}

/** Undefined: its instants are damaged, so nothing of it can be placed. */
export function sealedStretch(
  { window, member, ts, chunks }: SealedWindow,
  damage: DamageWatch,
): Stretch | undefined {
  const times = undamaged(damage, 'win', () => {
    const body = openBlob('win', windowId(window, member), ts)
    return body && decodeTimes(body, window)
  })
  if (!times) return undefined
  const decoded = new Map<number, readonly Float64Array[] | undefined>()
  const decode = (series: StoredSeries) => {
    const blob = chunks.get(series.id)
    if (!blob) return undefined
    return undamaged(damage, 'chunk', () => {
      const body = openBlob('chunk', chunkId(window, series.id), blob)
      return body && decodeChunk(body, series, times.length)
    })
  }
  return {
    times,
    columns(series, first, end) {
      if (!decoded.has(series.id)) decoded.set(series.id, decode(series))
      return decoded.get(series.id)?.map((column) => column.subarray(first, end))
    },
  }
}

/** Body of `win.ts`: varint n, then instants from the beginning of the window on. */
function decodeTimes(body: Uint8Array, window: number): Float64Array {
  const source = readBytes(body)
  const n = source.varint()
  if (n > WINDOW) throw new CorruptColumn('more ticks than the window has milliseconds')
  return decodeColumn(source.rest(), n).map((offset) => window * WINDOW + offset)
}

function decodeChunk(body: Uint8Array, series: StoredSeries, n: number): readonly Float64Array[] {
  if (series.kind !== 'histogram') return [decodeColumn(body, n)]
  const parts = splitGroup(body)
  if (parts.length !== placesOf(series)) throw new CorruptColumn('a histogram has other buckets')
  return parts.map((part) => decodeColumn(part, n))
}

/** Undefined, counted and logged, for what is damaged. */
export function undamaged<T>(
  damage: DamageWatch,
  table: Parameters<DamageWatch['found']>[0],
  decode: () => T | undefined,
): T | undefined {
  let decoded: T | undefined
  try {
    decoded = decode()
  } catch (error) {
    if (!(error instanceof CorruptColumn)) throw error
  }
  if (decoded === undefined) damage.found(table)
  return decoded
}
