import { randomWindow } from '@etcdmonitor/core/contracts/metrics-against-oracle'
import { expectSlots } from '@etcdmonitor/core/contracts/metrics-compare'
import { type Recording, recordedBatches, seededRandom } from '@etcdmonitor/core/contracts/metrics-recording'
import { START } from '@etcdmonitor/core/contracts/metrics-samples'
import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import type { MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import { type Influxdb, startInfluxdb } from '@etcdmonitor/rig/influxdb'
import { needServer } from '@etcdmonitor/rig/need-server'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createContinuity } from '../continuity.ts'
import { groupsOf } from '../influx-schema.ts'
import { encodeMark, encodeTick, withMark } from '../line-protocol.ts'
import { openLineBucket } from './line-bucket.contract.ts'

const INTERVAL = 240_000 // two days
const STEPS = [30, 240, 300, 600, 1_200, 3_600, 7_200]
const SEEDS = process.env.TEST_SUITE === 'full' ? 50 : 3
const WINDOWS = 12

needServer('influxd', () => {
  let server: Influxdb
  beforeAll(async () => {
    server = await startInfluxdb()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  it.each(Array.from({ length: SEEDS }, (_, i) => i + 1))(
    'IX-4 equals the oracle over what is in the bucket, by samples and by aggregates, seed %i',
    async (seed) => {
      const { send, openReader } = await openLineBucket(server)
      const random = seededRandom(seed)
      const recording: Recording = { start: START, interval: INTERVAL, seed, churn: 0.02 }
      const { before, backlog, after } = encode(recordedBatches(recording), random)
      const options = { now: START, intervalMs: INTERVAL }
      await using samples = openReader({ ...options, sampledTicks: Number.POSITIVE_INFINITY })
      await using aggregates = openReader({ ...options, sampledTicks: 0 })

      const compare = async (readers: readonly MetricsReader[], batches: readonly TickBatch[]) => {
        for (let run = 0; run < WINDOWS; run++) {
          const window = randomWindow({ random, recording, steps: STEPS, isSingle: run % 4 === 0 })
          for (const reader of readers) await expectSlots(reader, batches, window)
        }
      }
      await send(before.lines)
      await compare([samples, aggregates], before.batches)
      await send([...backlog.lines, ...after.lines])
      await compare([samples, aggregates], [...before.batches, ...backlog.batches, ...after.batches])
      expect(aggregates.health()).toEqual({ state: 'ok', reason: '' })
    },
  )
})

interface Sent {
  readonly lines: string[]
  readonly batches: TickBatch[]
}

/**
 * What a collector sends of a history: it starts anew at random, batches are dropped from its outbox, and live ones overtake a backlog
 * (storage.md 6.2, 6.4).
 */
function encode(batches: readonly TickBatch[], random: () => number) {
  const continuity = createContinuity()
  const some = (from: number, to: number) => from + Math.floor(random() * (to - from))
  const dropped = { from: some(100, 200), count: some(1, 40) }
  const held = { from: some(300, 450), count: some(1, 100) }
  const live = { from: held.from + held.count, count: some(1, 60) }
  const isIn = (i: number, { from, count }: typeof dropped) => i >= from && i < from + count
  const before: Sent = { lines: [], batches: [] }
  const backlog: Sent = { lines: [], batches: [] }
  const after: Sent = { lines: [], batches: [] }
  /** Members and groups whose tick was dropped: their next one is marked. */
  const lost = new Set<string>()

  for (const [i, batch] of batches.entries()) {
    if (random() < 0.005) continuity.forgetAll()
    const isLive = isIn(i, live)
    const into = i < held.from || isLive ? before : isIn(i, held) ? backlog : after
    const lines: string[] = []
    for (const tick of batch.members) {
      const place = { clusterId: batch.clusterId, memberId: tick.memberId, at: batch.at }
      const { isMarked, accept } = continuity.judge(tick.memberId, batch.at, tick)
      accept()
      lines.push(...encodeTick(place, tick, isMarked).map((line) => (isLive ? withMark(line) : line)))
      for (const group of groupsOf(tick)) {
        const key = `${tick.memberId} ${group}`
        if (isIn(i, dropped)) lost.add(key)
        else if (lost.delete(key)) lines.push(encodeMark(place))
      }
    }
    if (isIn(i, dropped)) continue
    into.lines.push(...lines)
    into.batches.push(batch)
  }
  return { before, backlog, after }
}
