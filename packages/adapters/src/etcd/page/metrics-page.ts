import type { LookupFunction } from 'node:net'
import { recogniseFailure, stageOf } from '@etcdmonitor/core/etcd/failure'
import type { ScrapeFailure, ScrapeReason } from '@etcdmonitor/core/ports/etcd-cluster'
import type { Clock } from '@etcdmonitor/core/time'
import type { CallBudget } from '../connection/call-budget.ts'
import { EtcdCallError } from '../connection/call-error.ts'
import type { HttpAnswer, HttpGet, HttpGetter } from './http.ts'
import { HttpFailure } from './http-body.ts'

const MAX_BYTES = 16_777_216
const MEDIA_TYPES = ['text/plain', 'application/openmetrics-text']
const LINE_FEED = 0x0a

export interface PageRequest {
  readonly getter: HttpGetter
  readonly clock: Pick<Clock, 'sleep'>
  readonly url: URL
  readonly lookup: LookupFunction
  /** Shown to the member as User-Agent. */
  readonly agent: string
}

/** The page by steps 2 to 6 of metrics.md 2.3. Rejects with the reason of the budget's signal alone. */
export async function getMetricsPage(
  page: PageRequest,
  budget: CallBudget,
): Promise<Uint8Array | ScrapeFailure> {
  const { getter, clock, url, lookup, agent } = page
  const headers = { accept: 'text/plain;version=0.0.4', 'accept-encoding': 'gzip', 'user-agent': agent }
  const request = { url, lookup, headers, maxBytes: MAX_BYTES }
  const settled = new AbortController()
  const late = new AbortController()
  void clock.sleep(budget.left(), settled.signal).then(() => late.abort())
  const ending = AbortSignal.any([budget.signal, late.signal])
  try {
    return judgeAnswer(await getter.get(request, ending))
  } catch (error) {
    const failure = toScrapeFailure(error)
    const isGrpc = wasHungUp(url, error) && (await speaksGrpcAlone(getter, request, ending))
    if (budget.signal.aborted) throw budget.signal.reason
    if (late.signal.aborted) return { reason: 'timeout', detail: '' }
    return isGrpc ? { reason: 'grpc_only', detail: '' } : failure
  } finally {
    settled.abort()
  }
}

/** So a listener for gRPC alone behaves by TLS: it closes the connection when HTTP/2 was not agreed on. */
const wasHungUp = ({ protocol }: URL, error: unknown): boolean =>
  protocol === 'https:' && (error as Partial<NodeJS.ErrnoException>).code === 'ECONNRESET' // only looked at

/** Asked for HTTP/2, it greets with a frame. */
async function speaksGrpcAlone(getter: HttpGetter, request: HttpGet, signal: AbortSignal): Promise<boolean> {
  try {
    await getter.get({ ...request, speaks: 'h2' }, signal)
    return false
  } catch (error) {
    return toScrapeFailure(error).reason === 'grpc_only'
  }
}

function judgeAnswer({ status, mediaType, body }: HttpAnswer): Uint8Array | ScrapeFailure {
  if (status !== 200) return { reason: 'status', detail: String(status) }
  if (!MEDIA_TYPES.includes(mediaType)) return { reason: 'parse', detail: 'not the media type of metrics' }
  return body.at(-1) === LINE_FEED ? body : { reason: 'truncated', detail: 'the last line does not end' }
}

/** Reasons of metrics.md 2.4; texts of the server are no part of the detail. */
function toScrapeFailure(error: unknown): ScrapeFailure {
  if (error instanceof HttpFailure)
    return { reason: error.fault === 'encoding' ? 'parse' : error.fault, detail: error.message }
  if (error instanceof EtcdCallError) return ofCall(error)
  const { code = '', message = '', rawPacket } = error as Signs // all are only looked at
  if (code.startsWith('HPE_')) return { reason: isHttp2Frame(rawPacket) ? 'grpc_only' : 'parse', detail: '' }
  if (code === '') throw error // no socket, resolver or TLS: a bug
  return { reason: reasonOf(code, message), detail: '' }
}

type Signs = Partial<NodeJS.ErrnoException> & { readonly rawPacket?: Uint8Array }

function ofCall({ failure }: EtcdCallError): ScrapeFailure {
  if (failure.kind === 'blocked_url') return { reason: 'blocked_url', detail: failure.message }
  return { reason: reasonOf('', failure.message), detail: '' }
}

function reasonOf(code: string, message: string): ScrapeReason {
  const kind = recogniseFailure({ status: '', code, message })
  if (kind === 'dns' || kind === 'timeout') return kind
  // every error of OpenSSL and of Node's TLS that no kind is made of
  if (stageOf(kind) === 'tls' || /SSL|TLS|EPROTO|CERT/.test(code)) return 'tls'
  return 'refused'
}

/** SETTINGS or GOAWAY on stream 0, with which a gRPC server greets. */
function isHttp2Frame(bytes: Uint8Array | undefined): boolean {
  if (!bytes || bytes.length < 9) return false
  const isOnStream0 = bytes.subarray(5, 9).every((byte) => byte === 0)
  return isOnStream0 && (bytes[3] === 4 || bytes[3] === 7)
}
