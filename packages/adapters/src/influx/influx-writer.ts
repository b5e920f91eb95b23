import { AppError } from '@etcdmonitor/core/errors'
import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import { countValues } from '@etcdmonitor/core/metrics/scrape/member-tick'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { MetricsWriter, StoreHealth } from '@etcdmonitor/core/ports/metrics-store'
import type { Outbox } from '@etcdmonitor/core/ports/outbox'
import type { Clock, RandomBytes } from '@etcdmonitor/core/time'
import { createLinePacker } from './batch-body.ts'
import { createBlockedFields } from './blocked-fields.ts'
import { type BucketWatch, watchBucket } from './bucket-watch.ts'
import { createContinuity, type Judgement } from './continuity.ts'
import { createDescriptions } from './descriptions.ts'
import { finiteTick } from './finite-tick.ts'
import { type InfluxAccess, openInfluxAgent } from './influx-access.ts'
import { groupsOf } from './influx-schema.ts'
import { encodeTick } from './line-protocol.ts'
import { createLosses, memberKey } from './losses.ts'
import { createNewestTicks } from './newest-ticks.ts'
import { createOutboxUpkeep } from './outbox-upkeep.ts'
import { createSendLines, type SendLines } from './send-lines.ts'
import { createSender } from './sender.ts'

/** A tick that waits longer than this, ms, or three intervals, is a backlog. */
const SOON = 60_000
const SOCKETS = 2

export interface InfluxWriterOptions extends WriterSettings {
  readonly access: InfluxAccess
  readonly retentionDays: number
}

interface WriterSettings {
  /** Owned by the writer from now on. */
  readonly outbox: Outbox
  readonly clock: Clock
  readonly log: Log
  readonly random: RandomBytes
  readonly intervalMs: number
  readonly outboxMaxBytes: number
  readonly outboxMaxMs: number
}

/**
 * The writing half of the store in InfluxDB: a tick is durable in the outbox, and sent from there as the server takes it. Starts, and takes
 * ticks, whether or not there is a server.
 */
export function openInfluxWriter(options: InfluxWriterOptions): MetricsWriter {
  const { access } = options
  const agent = openInfluxAgent(access.url, SOCKETS)
  const server = {
    sendLines: createSendLines(access, agent),
    bucket: watchBucket({ ...options, mayMake: true }),
    [Symbol.dispose]: agent[Symbol.dispose],
  }
  return createInfluxWriter({ ...options, server })
}

export interface WriterDeps extends WriterSettings {
  /** Owned by the writer from now on. */
  readonly server: Disposable & { readonly sendLines: SendLines; readonly bucket: BucketWatch }
}

/** The same over any server. */
export function createInfluxWriter(options: WriterDeps): MetricsWriter {
  const { outbox, clock, log, intervalMs, server } = options
  const { sendLines, bucket } = server
  const held = new AsyncDisposableStack()
  held.use(outbox)
  held.use(server)
  const continuity = createContinuity()
  const losses = createLosses({ outbox, continuity, log, clock })
  const blocked = createBlockedFields(() => clock.monotonic())
  const newest = createNewestTicks(outbox)
  const descriptions = createDescriptions({ outbox, clock, newest })
  const upkeep = createOutboxUpkeep({ ...options, losses, newest, continuity, bucket })
  const { dropOutdated } = upkeep
  const sender = createSender({
    ...{ ...options, sendLines, losses, blocked, dropOutdated },
  })

  const stop = new AbortController()
  const running = Promise.all([bucket.run(stop.signal), bucket.looked.then(() => sender.run(stop.signal))])
  held.defer(async () => {
    stop.abort()
    await running
  })

  return {
    append,
    async describe(clusterId, members) {
      requireOpen()
      if (descriptions.describe(clusterId, members)) sender.ring()
    },
    async maintain(time) {
      const more = upkeep.maintain(time)
      if (descriptions.renew()) sender.ring()
      return { more }
    },
    recall: async (key) => outbox.recall(key),
    remember: async (key, text) => outbox.remember(key, text),
    health,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }

  async function append(batch: TickBatch) {
    requireOpen()
    if (outbox.room() === 'full') throw unavailable('the disk of the outbox has too little room')
    if (blocked.release(batch.at)) continuity.forgetAll() // what stands in the bucket is not what was judged
    const { tick, body } = await pack(batch)
    const { stored, held: heldBack, notFinite, lines, members } = tick
    const { at } = batch
    if (lines > 0) {
      outbox.settle({
        add: [{ at, members, lines, samples: stored, body }],
        newest: newest.after(Object.keys(members), at),
      })
      for (const { accept } of tick.judged) accept()
      newest.note(Object.keys(members), at)
      sender.ring()
      upkeep.dropBeyondSize()
    }
    const dropped = { not_finite: notFinite, series_limit: 0, ...losses.take() }
    return { stored, held: heldBack, dropped }
  }

  /** Anew when something was given up meanwhile, which its marks have to say. */
  async function pack(batch: TickBatch) {
    for (;;) {
      const epoch = continuity.epoch()
      const tick = encodeBatch(batch)
      const body = await tick.packer.finish()
      if (continuity.epoch() === epoch) return { tick, body }
    }
  }

  function encodeBatch({ clusterId, at, members }: TickBatch) {
    const tick = {
      packer: createLinePacker(),
      lines: 0,
      members: {} as Record<string, readonly string[]>,
      judged: [] as Judgement[],
      held: [] as string[],
      stored: 0,
      notFinite: 0,
    }
    for (const given of members) {
      const { memberId } = given
      const key = memberKey(clusterId, memberId)
      if (newest.isHeld(key, at)) {
        tick.held.push(memberId)
        continue
      }
      const { tick: finite, notFinite } = finiteTick(given)
      const judgement = continuity.judge(key, at, finite)
      const lines = encodeTick({ clusterId, memberId, at }, finite, judgement.isMarked)
      tick.packer.add(lines)
      tick.lines += lines.length
      tick.members[key] = [...groupsOf(finite)]
      tick.judged.push(judgement)
      tick.stored += countValues(finite)
      tick.notFinite += notFinite
    }
    return tick
  }

  function requireOpen(): void {
    if (held.disposed) throw unavailable('the metrics store is closed')
  }

  function health(): StoreHealth {
    if (held.disposed) return { state: 'unavailable', reason: 'unreadable' }
    const room = outbox.room()
    const reason =
      (room === 'full' && 'disk_full') || // nothing else loses what is scraped
      sender.trouble() ||
      bucket.trouble() ||
      backlog() ||
      (room === 'low' ? 'disk_low' : '')
    return { state: reason === '' ? 'ok' : 'degraded', reason }
  }

  function backlog(): '' | 'backlog' {
    const { records, oldestAt } = outbox.totals()
    return records > 0 && clock.now() - oldestAt > Math.max(SOON, 3 * intervalMs) ? 'backlog' : ''
  }
}

const unavailable = (message: string): AppError => new AppError('storage_unavailable', message)
