import type { Labels } from '@etcdmonitor/core/metrics/sample'
import { SOURCES, type SourceEntry, type SourceId, sourceOf } from '@etcdmonitor/core/metrics/sources'
import { BOUND_TAG, fieldsOf, labelsOf, MEMBER_TAG, parseBound } from '../influx-schema.ts'
import type { OpenTable } from './flux-answer.ts'

/** Samples of one field, member and label set. */
export interface RowSeries {
  readonly field: string
  readonly labels: Labels
  /** Of a bucket; NaN for every other field. */
  readonly bound: number
  /** Unix ms, ascending once all have come. */
  readonly times: number[]
  readonly values: number[]
}

/** Which value of a source a field holds. */
interface FieldMeaning {
  readonly source: SourceId
  readonly part: 'value' | 'bucket' | 'sum'
}

export interface AnswerRows {
  readonly open: OpenTable
  /** What a pipeline gave of a member; once all have come. */
  of(result: string, memberId: string): readonly RowSeries[]
}

/** The rows of an answer by pipeline, member, and series. */
export function collectRows(): AnswerRows {
  const members = new Map<string, Map<string, RowSeries>>()
  const ordered = new Map<string, readonly RowSeries[]>()

  const find = (result: string, memberId: string): Map<string, RowSeries> => {
    const key = `${result} ${memberId}`
    const known = members.get(key) ?? new Map<string, RowSeries>()
    members.set(key, known)
    return known
  }

  return {
    open({ result, cell }) {
      const bound = cell(BOUND_TAG)
      const one = {
        field: cell('_field') ?? '',
        labels: labelsOf(cell),
        bound: bound === undefined ? Number.NaN : parseBound(bound),
        times: [],
        values: [],
      }
      const series = find(result, cell(MEMBER_TAG) ?? '')
      const key = `${one.field} ${one.bound} ${labelsKey(one.labels)}`
      const { times, values }: RowSeries = series.get(key) ?? one
      if (!series.has(key)) series.set(key, one)
      return (at, value) => {
        times.push(at)
        values.push(Number(value))
      }
    },
    of(result, memberId) {
      const key = `${result} ${memberId}`
      const known = ordered.get(key) ?? [...(members.get(key)?.values() ?? [])].map(inOrder)
      ordered.set(key, known)
      return known
    },
  }
}

export const labelsKey = (labels: Labels): string => JSON.stringify(Object.entries(labels).sort(byName))
const byName = ([a]: readonly [string, string], [b]: readonly [string, string]) => (a < b ? -1 : 1)

const MEANINGS: ReadonlyMap<string, FieldMeaning> = new Map(
  SOURCES.flatMap(({ id: source }): [string, FieldMeaning][] => {
    const fields = fieldsOf(source)
    return fields.kind === 'histogram'
      ? [
          [fields.bucket, { source, part: 'bucket' }],
          [fields.sum, { source, part: 'sum' }],
        ]
      : [[fields.value, { source, part: 'value' }]]
  }),
)

export const meaningOf = (field: string): FieldMeaning | undefined => MEANINGS.get(field)

/** The fields that hold the samples of a source. */
export function sampleFields(source: SourceId): readonly string[] {
  const fields = fieldsOf(source)
  return fields.kind === 'histogram' ? [fields.bucket, fields.sum] : [fields.value]
}

export const hasDeltas = (source: SourceId): boolean => sourceOf(source).kind !== 'gauge'

/** Series whose samples the delta rules read as one sequence: siblings, and all of a label set of a histogram (metrics.md 3.3, 3.5). */
export function deltaGroup({ field, labels }: Pick<RowSeries, 'field' | 'labels'>): string {
  const source = meaningOf(field)?.source
  const { absent }: Partial<SourceEntry> = source ? sourceOf(source) : {}
  return absent === 'siblings' ? `${source}` : `${source} ${labelsKey(labels)}`
}

/** The samples of `[from, to)`; series without one are left out. */
export function sliceRows(
  rows: readonly RowSeries[],
  from: number,
  to = Number.POSITIVE_INFINITY,
): readonly RowSeries[] {
  return rows.flatMap((one) => {
    const first = one.times.findIndex((at) => at >= from)
    const end = one.times.findLastIndex((at) => at < to) + 1
    if (first < 0 || first >= end) return []
    return [{ ...one, times: one.times.slice(first, end), values: one.values.slice(first, end) }]
  })
}

/** The server promises no order. */
function inOrder(series: RowSeries): RowSeries {
  const { times, values } = series
  if (times.every((at, i) => i === 0 || at >= (times[i - 1] ?? 0))) return series
  const order = times.map((_, i) => i).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0))
  return {
    ...series,
    times: order.map((i) => times[i] ?? 0),
    values: order.map((i) => values[i] ?? Number.NaN),
  }
}
