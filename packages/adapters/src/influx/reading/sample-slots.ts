import { foldTicks, placeInSlots } from '@etcdmonitor/core/metrics/slots/fold-ticks'
import type { SeriesShape } from '@etcdmonitor/core/metrics/slots/merge-slots'
import { checkDoubles } from '@etcdmonitor/core/metrics/slots/read-bounds'
import { type SourceId, sourceOf } from '@etcdmonitor/core/metrics/sources'
import {
  LOOK_BACK,
  type MemberRef,
  type MemberSlots,
  type SeriesSlots,
  type SlotQuery,
} from '@etcdmonitor/core/ports/metrics-store'
import {
  type AnswerRows,
  collectRows,
  hasDeltas,
  labelsKey,
  meaningOf,
  type RowSeries,
  sampleFields,
} from './answer-rows.ts'
import type { FluxCall } from './flux-requests.ts'
import type { Pipeline, Pipelines } from './flux-text.ts'
import { clockFields, toMemberTicks } from './member-ticks.ts'

/** What all readings of a call share. `members` are of one cluster. */
export interface Reading {
  readonly call: FluxCall
  readonly pipelines: Pipelines
  readonly clusterId: string
  readonly members: readonly MemberRef[]
}

/** A stretch of slots that is folded from its samples, for some of the members. */
export interface Stretch extends Pick<SlotQuery, 'from' | 'to' | 'step'> {
  readonly members: readonly MemberRef[]
}

/** `fold`: slots of one member from `from` to `to`, source by source. */
export interface StretchRows extends Stretch {
  fold(member: MemberRef, source: SourceId, gauge?: SlotQuery['gauge']): readonly SeriesSlots[]
  /** Series with samples, before they are folded; the bounds of a histogram are all that it had. */
  readonly rows: (member: MemberRef) => readonly RowSeries[]
}

/** Slots from samples alone: all of a short window, each member in one go (storage.md 6.7). */
export async function readSampleSlots(reading: Reading, query: SlotQuery): Promise<readonly MemberSlots[]> {
  const { members } = reading
  const [stretch] = await readStretches(reading, query.sources, [{ ...query, members }])
  if (!stretch) return members.map((member) => ({ member, series: [] }))
  const answers: MemberSlots[] = []
  const shapes = members.flatMap((member) => [...shapesOf(stretch.rows(member))])
  checkDoubles(shapes, Math.round((query.to - query.from) / query.step), query.gauge?.length)
  for (const member of members) {
    const series: SeriesSlots[] = []
    for (const source of query.sources) {
      await reading.call.breathe()
      series.push(...stretch.fold(member, source, query.gauge))
    }
    answers.push({ member, series })
  }
  return answers
}

/** Samples of each stretch with what the delta rules need around them, in one request. */
export async function readStretches(
  reading: Reading,
  sources: readonly SourceId[],
  stretches: readonly Stretch[],
): Promise<readonly StretchRows[]> {
  const rows = collectRows()
  const { texts, read } = planStretches(reading, sources, stretches)
  await reading.call.ask(texts, rows.open)
  return read(rows)
}

/** The same as a part of a request: its pipelines, and what is made of the rows of the answer. */
export function planStretches(
  { pipelines, clusterId }: Pick<Reading, 'pipelines' | 'clusterId'>,
  sources: readonly SourceId[],
  stretches: readonly Stretch[],
): { readonly texts: readonly Pipeline[]; read(rows: AnswerRows): readonly StretchRows[] } {
  const deltaFields = sources.filter(hasDeltas).flatMap(sampleFields)
  const texts = stretches.flatMap(({ members, from, to }, i): Pipeline[] => {
    const ask = { clusterId, memberIds: members.map(({ memberId }) => memberId) }
    const before = { ...ask, from: from - LOOK_BACK }
    return [
      pipelines.samples(`samples${i}`, { ...ask, fields: sources.flatMap(sampleFields), from, to }),
      pipelines.newest(`seam${i}`, { ...before, fields: deltaFields, to: from }),
      pipelines.samples(`clock${i}`, { ...before, fields: clockFields(sources), to }),
    ]
  })
  const read = (rows: AnswerRows) =>
    stretches.map((stretch, i) => {
      const of = (name: string, { memberId }: MemberRef) => rows.of(`${name}${i}`, memberId)
      return openStretch(stretch, {
        samples: (member) => of('samples', member),
        seam: (member) => of('seam', member),
        clock: (member) => of('clock', member),
      })
    })
  return { texts, read }
}

type Parts = Readonly<Record<'samples' | 'seam' | 'clock', (member: MemberRef) => readonly RowSeries[]>>

function openStretch(stretch: Stretch, parts: Parts): StretchRows {
  const { from, to, step } = stretch
  const slots = Math.round((to - from) / step)
  const sorted = new Map<MemberRef, Record<'samples' | 'seam', Partial<Record<SourceId, RowSeries[]>>>>()
  const bySource = (member: MemberRef) => {
    const known = sorted.get(member) ?? {
      samples: sortOut(parts.samples(member)),
      seam: sortOut(parts.seam(member)),
    }
    sorted.set(member, known)
    return known
  }
  return {
    ...stretch,
    rows: (member) => [...parts.samples(member), ...parts.seam(member)],
    fold(member, source, gauge) {
      const { samples, seam } = bySource(member)
      const clock = hasDeltas(source) ? parts.clock(member) : []
      const rows = { from, samples: samples[source] ?? [], seam: seam[source] ?? [], clock }
      const ticks = toMemberTicks(member, rows)
      return foldTicks(ticks, placeInSlots(ticks, from, step, slots), gauge)
    },
  }
}

/** What has no source is a field of another program. */
const sortOut = (rows: readonly RowSeries[]) =>
  Object.groupBy(
    rows.filter(({ field }) => meaningOf(field)),
    ({ field }) => meaningOf(field)?.source ?? 'collector_up',
  )

/** A histogram counts once, with all the bounds that it had. */
export function shapesOf(rows: readonly RowSeries[]): Iterable<Pick<SeriesShape, 'kind' | 'bounds'>> {
  const shapes = new Map<string, { readonly kind: SeriesShape['kind']; readonly bounds: number[] }>()
  for (const { field, labels, bound } of rows) {
    const source = meaningOf(field)?.source
    if (!source) continue
    const key = `${source} ${labelsKey(labels)}`
    const shape = shapes.get(key) ?? { kind: sourceOf(source).kind, bounds: [] }
    shapes.set(key, shape)
    if (Number.isFinite(bound) && !shape.bounds.includes(bound)) shape.bounds.push(bound)
  }
  return shapes.values()
}
