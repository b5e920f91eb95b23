import { defaultStep } from '@etcdmonitor/core/metrics/slots/plan-window'
import { type RangeAnswer, SHAPES } from '../../api/answers.ts'
import type { Client } from '../../api/client.ts'
import { type MonitorWindow, windowSeconds } from '../../url/monitor-url.ts'
import { toWindowData, type WindowData } from './window-data.ts'

/** Bounds of one request (ui.md 7.1). */
const LIMITS = { names: 100, urlBytes: 6_144, values: 100_000 }
/** Requests under way; a browser has six connections, and the page polls besides. */
const AT_ONCE = 3
/** Asked with every window: whether its slots hold a scrape each. */
export const SCRAPE_INTERVAL = 'scrape_interval_seconds'

/** What is asked besides the names: requests that are equal in it go together. */
export interface RangeScope {
  readonly member: string
  readonly window: MonitorWindow
  readonly step?: number
  /** Extremes of each slot, too: such panels form a request of their own. */
  readonly withBand?: boolean
  /** To estimate the size of an answer: seconds between scrapes, members that `all` stands for. */
  readonly interval: number
  readonly members: number
}

export interface RangeDeps {
  readonly client: Pick<Client, 'get'>
  /** Unix ms by the server's clock. */
  readonly now: () => number
  /** Runs `act` once everything that is under way has asked. */
  readonly defer: (act: () => void) => void
}

export type AskRange = (
  scope: RangeScope,
  names: readonly string[],
  signal: AbortSignal,
) => Promise<WindowData>

interface Waiting {
  readonly names: readonly string[]
  readonly signal: AbortSignal
  readonly resolve: (data: WindowData) => void
  readonly reject: (error: unknown) => void
}

/**
 * Panels ask one by one, the API is asked once for all that ask at the same time. An answer holds at least the names asked for;
 * its request is aborted when everybody who waits for it has gone.
 */
export function createRangeBatch(deps: RangeDeps): AskRange {
  const open = new Map<string, { scope: RangeScope; waiting: Waiting[] }>()
  const queue: { readonly scope: RangeScope; readonly group: readonly Waiting[] }[] = []
  let running = 0
  const drain = async () => {
    if (running >= AT_ONCE) return
    running++
    for (let next = queue.shift(); next; next = queue.shift()) await askTogether(deps, next.scope, next.group)
    running--
  }
  const flush = (key: string) => {
    const batch = open.get(key)
    open.delete(key)
    if (!batch) return
    for (const group of groupByLimits(batch.scope, batch.waiting.filter(isWaiting))) {
      queue.push({ scope: batch.scope, group })
      void drain() // rejects never: who waits is told
    }
  }
  return (scope, names, signal) =>
    new Promise((resolve, reject) => {
      const key = JSON.stringify(scope)
      const batch = open.get(key) ?? { scope, waiting: [] }
      batch.waiting.push({ names, signal, resolve, reject })
      signal.addEventListener('abort', () => reject(signal.reason))
      if (open.has(key)) return
      open.set(key, batch)
      deps.defer(() => flush(key))
    })
}

const isWaiting = ({ signal }: Waiting): boolean => !signal.aborted

/** In order, as many in a group as the limits allow; what exceeds them alone is asked alone. */
export function groupByLimits<T extends { readonly names: readonly string[] }>(
  scope: RangeScope,
  asking: readonly T[],
): T[][] {
  const groups: { names: Set<string>; members: T[] }[] = []
  for (const one of asking) {
    const last = groups.at(-1)
    const together = new Set([...(last?.names ?? []), ...one.names])
    if (last && fits(scope, together)) {
      last.names = together
      last.members.push(one)
    } else groups.push({ names: new Set(one.names), members: [one] })
  }
  return groups.map(({ members }) => members)
}

function fits(scope: RangeScope, names: ReadonlySet<string>): boolean {
  const span = windowSeconds(scope.window) * 1_000
  const step = scope.step === undefined ? defaultStep(span, scope.interval * 1_000) : scope.step * 1_000
  const values = names.size * Math.max(1, scope.members) * (Math.ceil(span / step) + 1)
  const urlBytes = [...names].reduce((sum, name) => sum + name.length + '%2C'.length, 200)
  return names.size <= LIMITS.names && urlBytes <= LIMITS.urlBytes && values <= LIMITS.values
}

async function askTogether(
  { client, now }: RangeDeps,
  scope: RangeScope,
  asking: readonly Waiting[],
): Promise<void> {
  const group = asking.filter(isWaiting) // some may have gone while others were asked for
  if (group.length === 0) return
  const names = [...new Set(group.flatMap((one) => one.names))].sort()
  const { signal, release } = whenAllAbort(group.map((one) => one.signal))
  const ask = async (asked: RangeScope) => {
    const query = toQuery(asked, names)
    const answer = await client.get<RangeAnswer>('range', query, { shape: SHAPES.range, signal })
    return toWindowData(answer, asked.window, now())
  }
  try {
    const first = await ask(scope)
    const step = widerStep(scope, first)
    const data = step === undefined ? first : await ask({ ...scope, step })
    for (const { resolve } of group) resolve(data)
  } catch (error) {
    for (const { reject } of group) reject(error)
  } finally {
    release()
  }
}

/**
 * The server cuts short windows by the interval of now. Where scrapes were rarer at the time most of its slots are empty, as if they had
 * failed: seconds of slots that hold one each, undefined where they do.
 */
function widerStep({ step }: RangeScope, data: WindowData): number | undefined {
  const longest = Math.max(
    0,
    ...[...data.members.values()].map(({ stats }) => stats.get(SCRAPE_INTERVAL)?.max ?? 0),
  )
  return step === undefined && longest * 1_000 > data.step ? Math.ceil(longest) : undefined
}

function toQuery({ member, window, step, withBand }: RangeScope, names: readonly string[]) {
  return {
    format: 'columns',
    include: withBand ? 'stats,band' : 'stats',
    metrics: names.join(','),
    member_id: member,
    ...(window.kind === 'last'
      ? { range: window.range }
      : { start: String(window.start), end: String(window.end) }),
    step: step === undefined ? undefined : String(step),
  }
}

function whenAllAbort(signals: readonly AbortSignal[]): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController()
  const check = () => {
    if (signals.every(({ aborted }) => aborted)) controller.abort()
  }
  for (const signal of signals) signal.addEventListener('abort', check)
  return {
    signal: controller.signal,
    release: () => {
      for (const signal of signals) signal.removeEventListener('abort', check)
    },
  }
}
