import { AppError } from '@etcdmonitor/core/errors'
import type { Log, LogFields } from '@etcdmonitor/core/ports/log'
import type { Outbox } from '@etcdmonitor/core/ports/outbox'
import type { Clock, RandomBytes } from '@etcdmonitor/core/time'
import { createBackOff } from './back-off.ts'
import { unpackLines } from './batch-body.ts'
import { type Bell, createBell } from './bell.ts'
import type { BlockedFields } from './blocked-fields.ts'
import { deliver } from './delivery.ts'
import { judgeAnswer, type Verdict } from './judge-answer.ts'
import { withMark } from './line-protocol.ts'
import type { Losses } from './losses.ts'
import { type PlannedRequest, planRequest } from './next-request.ts'
import type { SendLines } from './send-lines.ts'

const MAX_LINES = 5_000
/** So many failures are an outage, answers of 500 to one request its own fault, batches without one good line the fault of all. */
const IN_A_ROW = 3
const AFTER_BUG = 60_000

export type SendTrouble = '' | 'auth' | 'bucket_missing' | 'unreachable' | 'rejecting'

export interface SenderDeps {
  readonly outbox: Outbox
  readonly sendLines: SendLines
  readonly losses: Losses
  readonly clock: Clock
  readonly log: Log
  readonly random: RandomBytes
  readonly intervalMs: number
  /** Drops what the bucket does not take any more. */
  readonly dropOutdated: () => void
  readonly blocked: BlockedFields
}

export interface Sender extends Pick<Bell, 'ring'> {
  /** Sends what waits, and what is added when `ring` is called, one request at a time, until `stop` aborts. */
  run(stop: AbortSignal): Promise<void>
  trouble(): SendTrouble
}

type Batches = PlannedRequest['batches']

/** Takes batches from the outbox to the bucket; what is done about each answer: storage.md 6.5. */
export function createSender(deps: SenderDeps): Sender {
  const { outbox, sendLines, losses, clock, log, random, intervalMs, dropOutdated, blocked } = deps
  const bell = createBell(clock)
  const backOff = createBackOff(random)
  const limit = { lines: MAX_LINES }
  /** Monotonic instants. */
  const notBefore = { any: 0, backfill: 0 }
  /** The request for back-fill that was answered with 500, and whether another was accepted since. */
  let failing: { readonly id: number; times: number; isAlone: boolean } | undefined
  let without = 0
  let trouble: SendTrouble = ''
  /** What the newest request that was not accepted met with. */
  let told: LogFields = {}

  return { run, ring: bell.ring, trouble: () => trouble }

  async function run(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const wait = await step(stop).catch((error: unknown) => {
        if (error instanceof AppError) return backOff.next() // the outbox; what adds to it tells
        log.error('send_failed', { error })
        return AFTER_BUG
      })
      if (wait > 0) await bell.wait(wait, stop)
    }
  }

  /** ms after which there is something to do. */
  async function step(stop: AbortSignal): Promise<number> {
    const now = clock.monotonic()
    if (now < notBefore.any) return notBefore.any - now
    dropOutdated()
    const isHeld = now < notBefore.backfill
    const request = planRequest(outbox, {
      liveFrom: clock.now() - 2 * intervalMs,
      maxLines: limit.lines,
      isHeld,
    })
    if (!request) return isHeld ? notBefore.backfill - now : Number.POSITIVE_INFINITY
    const damaged = request.batches.filter(({ lines }) => lines.length === 0)
    if (damaged.length > 0) {
      losses.drop(
        damaged.map(({ batch }) => batch),
        'damaged',
      )
      return 0
    }
    const id = request.batches[0]?.batch.id ?? 0
    const isAtFault = failing?.id === id && failing.times >= IN_A_ROW && !failing.isAlone
    const verdict = await send(request.batches, {
      isLive: request.isLive,
      isAtFault,
      isSuspect: isAtFault,
      stop,
    })
    if (!verdict) {
      if (failing && failing.id !== id) failing.isAlone = false
      else failing = undefined
    } else if (!stop.aborted) postpone(verdict, id, request.isLive)
    return 0
  }

  /** Undefined: none of the batches waits any longer. */
  async function send(batches: Batches, how: SendOptions): Promise<Verdict | undefined> {
    if (batches.length < 2) return sendOne(batches, how)
    let verdict: Verdict = { kind: 'refused' }
    if (!how.isAtFault) {
      const stripped = batches.map(({ batch, lines }) => blocked.strip(lines, batch.at))
      verdict = await post(
        stripped.flatMap(({ lines }) => lines),
        how,
      )
      if (verdict.kind === 'accepted') {
        for (const { left } of stripped) losses.count(left)
        outbox.settle({ remove: batches.map(({ batch }) => batch.id) })
        return undefined
      }
    }
    if (verdict.kind !== 'refused' && verdict.kind !== 'too_large') return verdict
    const middle = Math.ceil(batches.length / 2)
    const half = { ...how, isAtFault: false }
    return (
      (await send(batches.slice(0, middle), half)) ?? (await send(readAnew(batches.slice(middle), how), half)) // what the first half gave up may have marked them
    )
  }

  function readAnew(batches: Batches, { isLive }: SendOptions): Batches {
    const lines = (body: Uint8Array) => (isLive ? unpackLines(body).map(withMark) : unpackLines(body))
    return outbox
      .read(batches.map(({ batch }) => batch.id))
      .map((batch) => ({ batch, lines: lines(batch.body) }))
  }

  async function sendOne([one]: Batches, how: SendOptions): Promise<Verdict | undefined> {
    if (!one) return undefined
    const { batch } = one
    const { lines, left } = blocked.strip(one.lines, batch.at)
    let status = 0
    const sent = await deliver(lines, {
      ...{ limit, isAtFault: how.isAtFault },
      send: (some) => post(some, how, (code) => (status = code)),
    })
    if (sent.kind === 'kept') return sent.verdict
    losses.count(left)
    if (sent.bad.length === 0) outbox.settle({ remove: [batch.id] })
    else {
      losses.giveUp(batch, sent.bad, status)
      const fields = blocked.note(sent.bad, lines)
      log.warn('influx_refused', {
        at: batch.at,
        lines: sent.bad.length,
        status,
        fields: fields.slice(0, 10),
      })
    }
    without = sent.taken ? 0 : without + 1
    if (without >= IN_A_ROW) change('rejecting')
    return undefined
  }

  async function post(
    lines: readonly string[],
    { isSuspect, stop }: SendOptions,
    onFault?: (status: number) => void,
  ): Promise<Verdict> {
    if (lines.length === 0) return { kind: 'accepted' }
    const answer = await sendLines(lines, stop)
    const judged = judgeAnswer(answer, clock.now())
    const verdict: Verdict = isSuspect && judged.kind === 'failed' ? { kind: 'refused' } : judged
    if (verdict.kind === 'accepted') {
      backOff.reset()
      without = 0
      change('')
      return verdict
    }
    told = answer.status === 'none' ? { cause: answer.cause } : { status: answer.status }
    if (answer.status !== 'none') onFault?.(answer.status)
    return verdict
  }

  function postpone(verdict: Verdict, id: number, isLive: boolean): void {
    const isOwn = verdict.kind === 'failed' && !isLive
    if (isOwn)
      failing =
        failing?.id === id ? { ...failing, times: failing.times + 1 } : { id, times: 1, isAlone: true }
    if (verdict.kind === 'auth') change('auth')
    else if (verdict.kind === 'missing') change('bucket_missing')
    const asked = 'wait' in verdict ? verdict.wait : undefined
    const wait = asked ?? backOff.next()
    if (asked === undefined && backOff.failures >= IN_A_ROW) change('unreachable')
    notBefore[isOwn ? 'backfill' : 'any'] = clock.monotonic() + wait
  }

  /** One line of log for each change of state, with what it was that said so. */
  function change(next: SendTrouble): void {
    if (next === trouble) return
    if (next === '') log.info('influx_recovered')
    else log.warn(`influx_${next}`, told)
    trouble = next
  }
}

interface SendOptions {
  readonly isLive: boolean
  /** Judged by what came of it before: it is not sent as a whole. */
  readonly isAtFault: boolean
  /** A part of such a request: a 500 is a refusal. */
  readonly isSuspect: boolean
  readonly stop: AbortSignal
}
