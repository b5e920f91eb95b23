import { setTimeout as sleep } from 'node:timers/promises'

export interface RangeQuery {
  readonly promql: string
  /** Unix ms, inclusive as in Prometheus. */
  readonly from: number
  readonly to: number
  /** ms */
  readonly step: number
}

/** A server that speaks Prometheus' query API, with the data set in it. */
export interface Baseline {
  readonly id: string
  /** Values of all series of the answer. @throws Error when it is no success */
  query(query: RangeQuery): Promise<number>
}

const READY_TRIES = 300
const READY_INTERVAL = 100

/** Waits until a server that was started answers. @throws Error after 30 s */
export async function untilReady(url: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      if ((await fetch(url)).ok) return
    } catch (error) {
      if (tries >= READY_TRIES) throw error
    }
    await sleep(READY_INTERVAL)
  }
}

interface Matrix {
  readonly status: string
  readonly data: { readonly result: readonly { readonly values: readonly unknown[] }[] }
}

/** GET `/api/v1/query_range`, read to the end and parsed, as a dashboard does. */
export async function queryRange(
  base: string,
  { promql, from, to, step }: RangeQuery,
  extra: Readonly<Record<string, string>> = {},
): Promise<number> {
  const times = { start: String(from / 1_000), end: String(to / 1_000), step: String(step / 1_000) }
  const parameters = new URLSearchParams({ query: promql, ...times, ...extra })
  const answer = await fetch(`${base}/api/v1/query_range?${parameters}`)
  const body = (await answer.json()) as Matrix
  if (body.status !== 'success') throw new Error(`${promql}: ${JSON.stringify(body).slice(0, 300)}`)
  return body.data.result.reduce((count, { values }) => count + values.length, 0)
}
