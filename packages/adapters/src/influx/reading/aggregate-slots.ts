import { shareSiblings } from '@etcdmonitor/core/metrics/slots/merge-slots'
import { checkDoubles } from '@etcdmonitor/core/metrics/slots/read-bounds'
import { type SourceEntry, type SourceId, sourceOf } from '@etcdmonitor/core/metrics/sources'
import {
  type CounterSlots,
  LOOK_BACK,
  type MemberRef,
  type MemberSlots,
  type SeriesSlots,
  type SlotQuery,
} from '@etcdmonitor/core/ports/metrics-store'
import { groupOf, MARK_FIELD, type SourceGroup } from '../influx-schema.ts'
import {
  type AnswerRows,
  collectRows,
  hasDeltas,
  labelsKey,
  meaningOf,
  type RowSeries,
  sampleFields,
} from './answer-rows.ts'
import { dirtyRanges, GROUP_FIELDS, type GroupSlots, judgeSlots } from './clean-slots.ts'
import type { DirtyHints } from './dirty-hints.ts'
import type { FluxCall } from './flux-requests.ts'
import type { Pipeline } from './flux-text.ts'
import {
  planStretches,
  type Reading,
  readStretches,
  type Stretch,
  type StretchRows,
  shapesOf,
} from './sample-slots.ts'
import {
  distrust,
  fillClean,
  GAUGE_COLUMNS,
  isGauge,
  type LastColumn,
  openTable,
  overwrite,
  type SlotTable,
  toColumn,
  toLastColumn,
} from './slot-columns.ts'

/** Stretches that one request asks for. */
const MAX_STRETCHES = 16
const GROUPS: readonly SourceGroup[] = ['page', 'status']

/**
 * Slots of a long window: what the server can aggregate without a wrong number it does; slots in which it cannot are folded from their
 * samples (storage.md 6.7).
 */
export async function readAggregateSlots(
  reading: Reading,
  query: SlotQuery,
  hints: DirtyHints,
): Promise<readonly MemberSlots[]> {
  const { members } = reading
  const sources = query.sources.filter(hasDeltas)
  const guess = planStretches(reading, sources, sources.length > 0 ? hints.guess(members, query) : [])
  const rows = collectRows()
  await reading.call.ask([...planAggregates(reading, query), ...guess.texts], rows.open)
  const slots = Math.round((query.to - query.from) / query.step)
  const shapes = members.flatMap(({ memberId }) => [...shapesOf(resultsOf(rows, memberId))])
  checkDoubles(shapes, slots, query.gauge?.length)
  const opened: OpenedMember[] = []
  for (const member of members) {
    const table = openTable(slots, query.gauge)
    fillGauges(table, rows, member, query)
    const dirty = new Uint8Array(slots)
    for (const group of GROUPS) {
      const { isDirty } = await fillGroup({ table, rows, member, call: reading.call }, { ...query, group })
      for (let slot = 0; slot < slots; slot++) if (isDirty[slot]) dirty[slot] = 1
    }
    opened.push({ member, table, dirty })
  }
  await foldDirty(opened, { reading, query, hints, guessed: guess.read(rows) })
  return opened.map(({ member, table }) => ({
    member,
    series: query.sources.flatMap((source) => shared(source, table.of(source))),
  }))
}

interface OpenedMember {
  readonly member: MemberRef
  readonly table: SlotTable
  readonly dirty: Uint8Array
}

function planAggregates({ pipelines, clusterId, members }: Reading, query: SlotQuery): readonly Pipeline[] {
  const { from, to, step, gauge = GAUGE_COLUMNS } = query
  const ask = { clusterId, memberIds: members.map(({ memberId }) => memberId), from, to, step }
  const gauges = query.sources.filter((source) => !hasDeltas(source)).flatMap(sampleFields)
  const counted = query.sources.filter(hasDeltas)
  const deltas = [
    ...counted.flatMap(sampleFields),
    ...GROUPS.filter((group) => counted.some((source) => groupOf(source) === group)).map(
      (group) => GROUP_FIELDS[group],
    ),
  ]
  const lasts = [...(gauge.includes('last') ? gauges : []), ...deltas]
  return [
    ...gauge.filter((fn) => fn !== 'last').map((fn) => pipelines.windows(fn, { ...ask, fields: gauges, fn })),
    pipelines.windows('last', { ...ask, fields: lasts, fn: 'last' }),
    pipelines.windows('mark', { ...ask, fields: counted.length > 0 ? [MARK_FIELD] : [], fn: 'max' }),
    pipelines.newest('seam', { ...ask, fields: deltas, from: from - LOOK_BACK, to: from }),
  ]
}

const resultsOf = (rows: AnswerRows, memberId: string): readonly RowSeries[] =>
  [...GAUGE_COLUMNS, 'seam'].flatMap((name) => rows.of(name, memberId))

function fillGauges(table: SlotTable, rows: AnswerRows, { memberId }: MemberRef, query: SlotQuery): void {
  for (const name of query.gauge ?? GAUGE_COLUMNS)
    for (const one of rows.of(name, memberId)) {
      const source = meaningOf(one.field)?.source
      if (!source || !isGauge(one)) continue
      const slots = table.find({ kind: 'gauge', source, labels: one.labels, bounds: [] })
      if (slots.kind !== 'gauge') throw new Error(`${source} is no gauge`)
      for (const [i, at] of one.times.entries())
        slots[name][Math.round((at - query.from) / query.step)] = one.values[i] ?? Number.NaN
    }
}

interface MemberRows {
  readonly table: SlotTable
  readonly rows: AnswerRows
  readonly member: MemberRef
  readonly call: FluxCall
}

/** Clean slots of the counters and histograms of one group; @returns which are dirty. */
async function fillGroup(
  { table, rows, member: { memberId }, call }: MemberRows,
  { group, ...query }: SlotQuery & { readonly group: SourceGroup },
): Promise<GroupSlots> {
  const lasts = rows.of('last', memberId)
  const seams = new Map(rows.of('seam', memberId).map((one) => [keyOf(one), one.values.at(-1) ?? Number.NaN]))
  const column = (field: string, all: readonly RowSeries[]) =>
    toColumn(all.find((one) => one.field === field) ?? NO_ROWS, query)
  const judged = judgeSlots(
    {
      at: column(GROUP_FIELDS[group], lasts),
      mark: column(MARK_FIELD, rows.of('mark', memberId)),
      seam: seams.get(keyOf({ ...NO_ROWS, field: GROUP_FIELDS[group] })) ?? Number.NaN,
    },
    query.step,
  )
  const columns: LastColumn[] = []
  for (const one of lasts) {
    if (!isOfGroup(one, group)) continue
    await call.breathe()
    const last = toLastColumn(one, toColumn(one, query), seams.get(keyOf(one)) ?? Number.NaN)
    distrust(last, judged)
    columns.push(last)
  }
  for (const one of rows.of('seam', memberId)) if (isOfGroup(one, group)) openKnown(table, one)
  for (const [source, own] of Map.groupBy(columns, ({ series }) => meaningOf(series.field)?.source)) {
    await call.breathe()
    if (source) fillClean(table, source, own, judged)
  }
  return judged
}

const NO_ROWS: RowSeries = { field: '', labels: {}, bound: Number.NaN, times: [], values: [] }
const keyOf = ({ field, bound, labels }: RowSeries): string => `${field} ${bound} ${labelsKey(labels)}`

function isOfGroup({ field }: RowSeries, group: SourceGroup): boolean {
  const source = meaningOf(field)?.source
  return source !== undefined && hasDeltas(source) && groupOf(source) === group
}

/** Without a sample in the window it has something beside its siblings alone. */
function openKnown(table: SlotTable, { field, labels }: RowSeries): void {
  const source = meaningOf(field)?.source
  const { absent }: Partial<SourceEntry> = source ? sourceOf(source) : {}
  if (source && absent === 'siblings') table.find({ kind: 'counter', source, labels, bounds: [] })
}

interface Folding {
  readonly reading: Reading
  readonly query: SlotQuery
  readonly hints: DirtyHints
  /** Samples that are there already. */
  readonly guessed: readonly StretchRows[]
}

/** Overwrites what is dirty by what its samples say. */
async function foldDirty(
  opened: readonly OpenedMember[],
  { reading, query, hints, guessed }: Folding,
): Promise<void> {
  const { from, step } = query
  const sources = query.sources.filter(hasDeltas)
  const missing = new Map<string, Stretch>()
  const fold = async ({ member, table }: OpenedMember, stretch: StretchRows) => {
    const place = {
      first: Math.round((stretch.from - from) / step),
      count: Math.round((stretch.to - stretch.from) / step),
    }
    for (const source of sources) {
      await reading.call.breathe()
      overwrite(table, source, stretch.fold(member, source), place)
    }
  }
  for (const one of opened) {
    const { member, dirty } = one
    const spans = dirtyRanges(dirty, step).map(({ first, end }) => ({
      from: from + first * step,
      to: from + end * step,
    }))
    hints.note(member, query, spans)
    for (const span of spans) {
      const known = guessed.find(
        (stretch) => stretch.members.includes(member) && stretch.from <= span.from && stretch.to >= span.to,
      )
      if (known) {
        await fold(one, known)
        continue
      }
      const key = `${span.from} ${span.to}`
      missing.set(key, { ...span, step, members: [...(missing.get(key)?.members ?? []), member] })
    }
  }
  const all = [...missing.values()]
  for (let i = 0; i < all.length; i += MAX_STRETCHES)
    for (const stretch of await readStretches(reading, sources, all.slice(i, i + MAX_STRETCHES)))
      for (const one of opened.filter(({ member }) => stretch.members.includes(member)))
        await fold(one, stretch)
}

/** What one series of a source has not beside its siblings counts as 0 (storage.md 2.1, rule 2). */
function shared(source: SourceId, series: readonly SeriesSlots[]): readonly SeriesSlots[] {
  const { absent }: SourceEntry = sourceOf(source)
  if (absent === 'siblings')
    shareSiblings(series.filter((one): one is CounterSlots => one.kind === 'counter'))
  return series
}
