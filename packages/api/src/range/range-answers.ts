import type { MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import type { Clock } from '@etcdmonitor/core/time'
import { createWorkGate } from '@etcdmonitor/core/work-gate'
import type { Gzip } from '../http/gzip.ts'
import { createShortBreath } from './breath.ts'
import { computeRange } from './compute-range.ts'
import type { RangeRequest } from './range-request.ts'
import { type CachedAnswer, createResultCache } from './result-cache.ts'
import { createSharedWork } from './shared-work.ts'
import { writeRange } from './write-range.ts'

/** api.md 1.4. */
const CACHE_BYTES = 32 * 1_048_576
const GATE = { running: 8, waiting: 64 }
/** Below it, compression costs more than it saves. */
const MIN_GZIP = 1_024

export interface RangeAnswers {
  /**
   * The serialised answer under `key`: from memory, from a computation that runs, or computed. `gzip` is there only when `wantsGzip` and
   * the answer is worth it.
   * @throws AppError `overloaded`, `storage_unavailable`, `too_many_points`; `signal.reason` after an abort
   */
  get(key: string, request: RangeRequest, wantsGzip: boolean, signal: AbortSignal): Promise<CachedAnswer>
  /** How many are kept. */
  size(): number
}

/** Range answers of one process, each computed once per append (api.md 5.3). */
export function createRangeAnswers(deps: {
  readonly metrics: MetricsReader
  readonly clock: Clock
  readonly interval: number
  readonly gzip: Gzip
}): RangeAnswers {
  const cache = createResultCache(CACHE_BYTES)
  const gate = createWorkGate(GATE)
  const computing = createSharedWork<CachedAnswer>()
  const compressing = createSharedWork<CachedAnswer>()

  const compute = async (key: string, request: RangeRequest, signal: AbortSignal): Promise<CachedAnswer> => {
    const { request: asked, members } = await computeRange(deps, request, signal)
    const answer = { body: await toBytes(writeRange(asked, members), createShortBreath(deps.clock, signal)) }
    cache.set(key, answer)
    return answer
  }

  const compress = async (key: string, { body }: CachedAnswer): Promise<CachedAnswer> => {
    const answer = { body, gzip: await deps.gzip(body) }
    cache.set(key, answer)
    return answer
  }

  return {
    size: cache.size,
    async get(key, request, wantsGzip, signal) {
      const answer =
        cache.get(key) ??
        (await computing.join(key, signal, (job) => gate.run(() => compute(key, request, job), job)))
      if (!wantsGzip || answer.body.byteLength < MIN_GZIP) return { body: answer.body }
      return answer.gzip ? answer : compressing.join(key, signal, () => compress(key, answer))
    },
  }
}

async function toBytes(
  pieces: Iterable<string>,
  breathe: () => Promise<void>,
): Promise<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder()
  const chunks: Uint8Array[] = []
  for (const piece of pieces) {
    chunks.push(encoder.encode(piece))
    await breathe()
  }
  const bytes = new Uint8Array(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let end = 0
  for (const chunk of chunks) {
    bytes.set(chunk, end)
    end += chunk.byteLength
  }
  return bytes
}
