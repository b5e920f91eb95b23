import { describe, expect, it } from 'vitest'
import { mergeHistograms } from '../metrics/evaluate/histogram.ts'
import vectorFile from '../metrics/fixtures/metrics-data.json' with { type: 'json' }
import type { HistogramSample, Labels, TickBatch } from '../metrics/sample.ts'
import type { SourceId } from '../metrics/sources.ts'
import { expectClose } from './metrics-compare.contract.ts'
import { batchOf, fsync, M1, MINUTE, SECOND, START, scalar, tickOf } from './metrics-samples.contract.ts'
import type { MemberRef, SeriesSlots, SlotQuery } from './metrics-store.ts'

export interface StoreUnderTest {
  append(...batches: readonly TickBatch[]): Promise<void>
  slotsOf(member: MemberRef, query: Omit<SlotQuery, 'members'>): Promise<readonly SeriesSlots[]>
}

/** MC-6; the store is empty before each. */
export function vectorCases({ append, slotsOf }: StoreUnderTest): void {
  describe('MC-6 the vectors of metrics.md 3.14', () => {
    it.each(rateVectors())('$id', async ({ input, expect: wanted }) => {
      await append(...vectorBatches(input))
      const { from, to, step } = input
      const window = { from: START + from * SECOND, to: START + to * SECOND, step: step * SECOND }
      const series = await slotsOf(M1, { ...window, sources: [vectorSource(input)] })
      const slots = series.find(({ labels }) => labels.class !== 'ok')
      if (slots?.kind !== 'counter') throw new Error('no counter came back')
      const slotsWanted = wantedSlots(wanted)
      expectClose(
        'covered',
        slots.covered,
        slotsWanted.map(({ covered }) => covered),
      )
      expectClose(
        'increase',
        slots.increase,
        slotsWanted.map(({ increase }) => increase ?? Number.NaN),
      )
    })

    it('gauge-slot', async () => {
      const { input, expect: wanted } = vector<RateInput, Record<GaugeName, number | null>[]>('gauge-slot')
      for (const [t, value] of input.samples)
        await append(
          batchOf(START + t * SECOND, tickOf(M1, value === null ? [] : [scalar('proposals_pending', value)])),
        )
      const { from, to, step } = input
      const window = { from: START + from * SECOND, to: START + to * SECOND, step: step * SECOND }
      const [slots] = await slotsOf(M1, { ...window, sources: ['proposals_pending'] })
      if (slots?.kind !== 'gauge') throw new Error('no gauge came back')
      const { count, sum, min, max, last } = slots
      const avg = sum.map((total, i) => total / (count[i] ?? 0))
      for (const [name, column] of Object.entries({ avg, min, max, last, count }))
        expectClose(
          name,
          column,
          wanted.map((one) => one[name as GaugeName] ?? Number.NaN),
        )
    })

    it('histogram-reset', async () => {
      const { input, expect: wanted } = vector<Record<'previous' | 'current', Shape>, Shape>(
        'histogram-reset',
      )
      const shapes = [input.previous, input.current]
      for (const [i, { bounds, buckets, sum }] of shapes.entries())
        await append(batchOf(START + i * MINUTE, tickOf(M1, [], [fsync(bounds, buckets, sum)])))
      const window = { from: START + MINUTE, to: START + 2 * MINUTE, step: MINUTE }
      const [slots] = await slotsOf(M1, { ...window, sources: ['wal_fsync'] })
      if (slots?.kind !== 'histogram') throw new Error('no histogram came back')
      expectClose(
        'buckets',
        slots.buckets.map((one) => one[0] ?? 0),
        wanted.buckets,
      )
      expectClose('sum', slots.sum, [wanted.sum])
      expectClose('covered', slots.covered, [60])
    })

    it('merge-layouts', async () => {
      const { input, expect: wanted } = vector<{ histograms: Shape[] }, Shape>('merge-layouts')
      const ofPeer = (isZero: boolean) =>
        input.histograms.map(
          ({ bounds, buckets, sum }, i): HistogramSample => ({
            source: 'peer_rtt',
            labels: { peer: String(i) },
            bounds,
            buckets: isZero ? buckets.map(() => 0) : buckets,
            sum: isZero ? 0 : sum,
          }),
        )
      await append(
        batchOf(START, tickOf(M1, [], ofPeer(true))),
        batchOf(START + MINUTE, tickOf(M1, [], ofPeer(false))),
      )
      const window = { from: START + MINUTE, to: START + 2 * MINUTE, step: MINUTE }
      const series = await slotsOf(M1, { ...window, sources: ['peer_rtt'] })
      const deltas = series.flatMap((one) =>
        one.kind === 'histogram'
          ? [{ bounds: one.bounds, buckets: one.buckets.map(([n]) => n ?? 0), sum: one.sum[0] ?? 0 }]
          : [],
      )
      const { bounds, buckets, sum } = mergeHistograms(deltas)
      expect(bounds).toEqual(wanted.bounds)
      expectClose('buckets', buckets as number[], wanted.buckets)
      expectClose('sum', [sum], [wanted.sum])
    })
  })
}

type GaugeName = 'count' | 'min' | 'max' | 'last' | 'avg'
type Pair = readonly [t: number, value: number | null]
interface Shape {
  readonly bounds: number[]
  readonly buckets: number[]
  readonly sum: number
}
interface RateInput {
  readonly samples: readonly Pair[]
  readonly siblings?: readonly number[]
  readonly clock_error?: Readonly<Record<string, number>>
  readonly raft_index?: readonly Pair[]
  readonly restart?: 'continues' | 'recounts'
  readonly from: number
  readonly to: number
  readonly step: number
}
type WantedSlot = { readonly increase: number | null; readonly covered: number }
interface Vector<I, E> {
  readonly id: string
  readonly input: I
  readonly expect: E
}

// Each function of the vectors has a form of its own; a wrong one fails the test that reads it.
const vectors = vectorFile.vectors as unknown as readonly Vector<never, never>[]

function vector<I, E>(id: string): Vector<I, E> {
  const found = vectors.find((one) => one.id === id)
  if (!found) throw new Error(`no vector ${id}`)
  return found
}

/** `rate-max` is about parts of a slot; what a store gives of it is in the other vectors. */
const rateVectors = () =>
  vectors
    .filter(({ id }) => /^(rate-(?!max$)|zero-fill)/.test(id))
    .map(({ id }) => vector<RateInput, readonly WantedSlot[]>(id))

const wantedSlots = (wanted: readonly WantedSlot[]) =>
  wanted.map(({ increase, covered }) => ({ increase, covered }))

function vectorSource({ siblings, restart }: RateInput): SourceId {
  if (siblings) return 'grpc_handled'
  if (restart === 'continues') return 'current_revision'
  return restart === 'recounts' ? 'leader_changes' : 'put'
}

function vectorBatches(input: RateInput): readonly TickBatch[] {
  const { samples, siblings = [], clock_error: errors = {}, raft_index: positions = [] } = input
  const times = new Set([...samples.map(([t]) => t), ...siblings, ...Object.keys(errors).map(Number)])
  const source = vectorSource(input)
  const labels: Labels = input.siblings ? { method: 'Put', class: 'failed' } : {}
  return [...times]
    .sort((a, b) => a - b)
    .map((t) => {
      const own = samples.find(([at]) => at === t)?.[1] ?? undefined
      const position = positions.find(([at]) => at === t)?.[1] ?? undefined
      const scalars = [
        scalar('scrape_interval_seconds', 30),
        ...(own === undefined ? [] : [scalar(source, own, labels)]),
        ...(siblings.includes(t) ? [scalar(source, 5, { method: 'Put', class: 'ok' })] : []),
        ...(errors[t] === undefined ? [] : [scalar('scrape_clock_error_seconds', errors[t])]),
        ...(position === undefined ? [] : [scalar('raft_index', position)]),
      ]
      return batchOf(START + t * SECOND, tickOf(M1, scalars))
    })
}
