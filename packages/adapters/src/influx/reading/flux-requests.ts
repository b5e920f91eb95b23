import { type Breath, createBreath } from '@etcdmonitor/core/breath'
import { AppError } from '@etcdmonitor/core/errors'
import type { Log, LogFields } from '@etcdmonitor/core/ports/log'
import { READ_LIMITS, type StoreHealth } from '@etcdmonitor/core/ports/metrics-store'
import type { Clock } from '@etcdmonitor/core/time'
import { createWorkGate } from '@etcdmonitor/core/work-gate'
import { HttpError, InfluxDB } from '@influxdata/influxdb-client'
import { type InfluxAccess, openInfluxAgent } from '../influx-access.ts'
import { tellCause } from '../tell-cause.ts'
import { BadAnswer, type OpenTable, readAnswer } from './flux-answer.ts'
import { joinPipelines, type Pipeline } from './flux-text.ts'
import { type FailureReason, watchReads } from './read-health.ts'
import { Refusal, toRefusal } from './refusal.ts'

export interface FluxRequestsOptions {
  readonly access: InfluxAccess
  readonly clock: Clock
  readonly log: Log
  /** Of one call. */
  readonly maxRows?: number
}

/** All requests of one call of the port: one deadline and one bound of rows over them. */
export interface FluxCall {
  /** Rows of all pipelines, by their results. @throws AppError `storage_unavailable`, `too_many_points`; the reason of the caller's signal */
  ask(pipelines: readonly Pipeline[], open: OpenTable): Promise<void>
  readonly breathe: Breath
  /** Ends with the call's deadline, too. */
  readonly signal: AbortSignal
}

export interface FluxRequests extends Disposable {
  call<T>(signal: AbortSignal | undefined, work: (call: FluxCall) => Promise<T>): Promise<T>
  health(): StoreHealth
}

/** Requests that the process has in flight. */
const MAX_RUNNING = 4
/** For all requests of a call, ms. */
const DEADLINE = 10_000

export function openFluxRequests({
  access,
  clock,
  log,
  maxRows = READ_LIMITS.samples,
}: FluxRequestsOptions): FluxRequests {
  const { url, org, readToken } = access
  const agent = openInfluxAgent(url, MAX_RUNNING)
  const gate = createWorkGate({ running: MAX_RUNNING })
  const watch = watchReads(clock, log)
  const disposed = new AbortController()

  async function send(flux: string, signal: AbortSignal, take: (line: string) => void): Promise<void> {
    const token = readToken().reveal()
    const { transport } = new InfluxDB({
      url,
      token,
      timeout: DEADLINE,
      // the client's own timeout reports, but does not end the socket
      transportOptions: { agent, signal },
    })
    const lines = splitLines(take)
    await new Promise<void>((resolve, reject) => {
      const path = `/api/v2/query?${new URLSearchParams({ org })}`
      const body = JSON.stringify({ query: flux, type: 'flux', dialect: DIALECT })
      const fail = (error: unknown) => reject(error instanceof HttpError ? toRefusal(error, token) : error)
      transport.send(path, body, OPTIONS, { next: lines.chunk, error: fail, complete: resolve })
    })
    lines.end()
  }

  async function request(flux: string, open: OpenTable, { budget, signal }: CallState): Promise<void> {
    watch.admit()
    const broken = new AbortController()
    const answer = readAnswer(open, budget)
    let problem: unknown
    const take = (line: string) => {
      if (problem !== undefined) return
      try {
        answer.line(line)
      } catch (error) {
        problem = error instanceof BadAnswer || error instanceof AppError ? error : new Bug(error)
        broken.abort() // nothing may be thrown through the client
      }
    }
    try {
      await send(flux, AbortSignal.any([signal, broken.signal]), take)
      if (problem === undefined) answer.end()
    } catch (error) {
      problem ??= error
    }
    signal.throwIfAborted()
    if (problem === undefined) watch.succeeded()
    else throw translate(problem)
  }

  function translate(problem: unknown): unknown {
    if (problem instanceof AppError) return problem
    if (problem instanceof Bug) return problem.cause
    const reason = reasonOf(problem)
    watch.failed(reason, tellProblem(problem))
    return unavailable(SAID[reason], problem)
  }

  async function call<T>(given: AbortSignal | undefined, work: (call: FluxCall) => Promise<T>): Promise<T> {
    given?.throwIfAborted()
    if (disposed.signal.aborted) throw unavailable('the metrics store is closed')
    const ended = new AbortController()
    const late = new AbortController()
    void clock.sleep(DEADLINE, ended.signal).then(() => late.abort())
    const signals = [late.signal, disposed.signal, ...(given ? [given] : [])]
    const state = { budget: newBudget(maxRows), signal: AbortSignal.any(signals) }
    try {
      return await work({
        breathe: createBreath(clock, state.signal),
        signal: state.signal,
        async ask(pipelines, open) {
          const flux = joinPipelines(pipelines)
          if (flux !== undefined) await gate.run(() => request(flux, open, state), state.signal)
        },
      })
    } catch (error) {
      given?.throwIfAborted()
      if (disposed.signal.aborted) throw unavailable('the metrics store is closed', error)
      if (!late.signal.aborted || error instanceof AppError) throw error
      watch.failed('unreachable', { cause: `no answer within ${DEADLINE / 1_000} s` })
      throw unavailable(SAID.unreachable, error)
    } finally {
      ended.abort()
    }
  }

  return {
    call,
    health: () =>
      disposed.signal.aborted ? { state: 'unavailable', reason: 'unreachable' } : watch.health(),
    [Symbol.dispose]() {
      disposed.abort()
      agent[Symbol.dispose]()
    },
  }
}

/** What is no failure of the store. */
class Bug extends Error {
  constructor(cause: unknown) {
    super('', { cause })
  }
}

const OPTIONS = {
  method: 'POST',
  headers: { 'content-type': 'application/json; charset=utf-8', 'accept-encoding': 'gzip' },
}
const DIALECT = { header: true, delimiter: ',', commentPrefix: '#', annotations: ['default'] }

/** The client's own way to lines looks at every byte in turn, which takes most of the time of a long answer. */
function splitLines(take: (line: string) => void) {
  const decoder = new TextDecoder()
  let rest = ''
  return {
    chunk(bytes: Uint8Array) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) take(line.endsWith('\r') ? line.slice(0, -1) : line)
    },
    end() {
      if (rest !== '') take(rest)
    },
  }
}

interface CallState {
  readonly budget: () => void
  readonly signal: AbortSignal
}

const SAID = {
  auth: 'the metrics store refuses the token',
  bucket_missing: 'the metrics store does not have the bucket, or the token may not read it',
  unreachable: 'the metrics store does not answer',
  failing: 'the metrics store could not answer',
} satisfies Record<FailureReason, string>

const unavailable = (message: string, cause?: unknown) =>
  new AppError('storage_unavailable', message, { cause })

function reasonOf(problem: unknown): FailureReason {
  if (problem instanceof BadAnswer) return 'failing'
  if (!(problem instanceof Refusal)) return 'unreachable'
  if (problem.status === 401) return 'auth'
  return problem.status === 404 ? 'bucket_missing' : 'failing'
}

/** Never with what the server said of it. */
const tellProblem = (problem: unknown): LogFields =>
  problem instanceof Refusal ? { status: problem.status } : { cause: tellCause(problem, '') }

function newBudget(maxRows: number): () => void {
  let rows = 0
  return () => {
    rows += 1
    if (rows > maxRows)
      throw new AppError('too_many_points', `more than ${maxRows} samples lie in the window`)
  }
}
