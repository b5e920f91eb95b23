import { type Family, writeFamilies } from './meter.ts'

/** What can be said of this process when somebody asks. */
export interface SelfFacts {
  readonly isDraining: boolean
  /** False: the last tick could not be made durable. */
  readonly isStoring: boolean
  readonly families: () => readonly Family[]
}

export interface SelfAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const JSON_TYPE = 'application/json; charset=utf-8'
/** Of Prometheus' text format. */
const TEXT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** `/healthz`, `/readyz` and `/metrics` of a process without an API; anybody may ask (api.md 9). `target`: as it stands in the request. */
export function answerSelf(method: string, target: string, facts: SelfFacts): SelfAnswer {
  const path = target.replace(/\?.*$/s, '')
  const answer = PATHS.get(path)
  if (!answer)
    return toAnswer(404, JSON_TYPE, '{"error":"no such path; wanted /healthz, /readyz or /metrics"}')
  if (method !== 'GET' && method !== 'HEAD') {
    const refused = toAnswer(405, JSON_TYPE, '{"error":"wanted GET"}')
    return { ...refused, headers: { ...refused.headers, allow: 'GET, HEAD' } }
  }
  return answer(facts)
}

const PATHS: ReadonlyMap<string, (facts: SelfFacts) => SelfAnswer> = new Map([
  ['/healthz', () => toAnswer(200, JSON_TYPE, '{"status":"ok"}')],
  ['/readyz', readiness],
  ['/metrics', ({ families }: SelfFacts) => toAnswer(200, TEXT_TYPE, writeFamilies(families()))],
])

function readiness({ isDraining, isStoring }: SelfFacts): SelfAnswer {
  const isReady = isStoring && !isDraining
  const checks = {
    metrics_store: isStoring ? 'ok' : 'unavailable',
    ...(isDraining && { process: 'draining' }),
  }
  const body = JSON.stringify({ status: isReady ? 'ready' : 'not_ready', checks })
  return toAnswer(isReady ? 200 : 503, JSON_TYPE, body)
}

const toAnswer = (status: number, type: string, body: string): SelfAnswer => ({
  status,
  headers: { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
  body,
})
