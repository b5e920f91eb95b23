import { describe, expect, it, vi } from 'vitest'
import type { Client } from '../../api/client.ts'
import { createRangeBatch, groupByLimits, type RangeScope } from './range-batch.ts'

const scope: RangeScope = { member: 'all', window: { kind: 'last', range: '1h' }, interval: 10, members: 3 }
const answer = {
  start: 0,
  end: 30,
  step: 30,
  resolution: 10,
  member_id: 'all',
  times: [0],
  series: {},
  stats: {},
  unknown_metrics: [],
}

function batch(get: (path: string, query: object, request: { signal?: AbortSignal }) => Promise<unknown>) {
  const asked = vi.fn(get)
  let flush = () => {}
  const ask = createRangeBatch({
    client: { get: asked as unknown as Client['get'] }, // the answers of this test are those of one type
    now: () => 30_000,
    defer: (act) => {
      flush = act
    },
  })
  return { ask, asked, flush: () => flush() }
}

describe('panels that ask in the same moment', () => {
  it('are answered by one request with each name once, sorted', async () => {
    const { ask, asked, flush } = batch(async () => answer)
    const { signal } = new AbortController()
    const both = Promise.all([ask(scope, ['up', 'b'], signal), ask({ ...scope }, ['up', 'a'], signal)])
    flush()
    const [one, other] = await both
    expect(one).toBe(other)
    expect(asked).toHaveBeenCalledOnce()
    expect(asked.mock.calls[0]?.slice(0, 2)).toEqual([
      'range',
      {
        format: 'columns',
        include: 'stats',
        metrics: 'a,b,up',
        member_id: 'all',
        range: '1h',
        step: undefined,
      },
    ])
  })

  it('fail together', async () => {
    const { ask, flush } = batch(async () => Promise.reject(new Error('away')))
    const { signal } = new AbortController()
    const both = Promise.allSettled([ask(scope, ['a'], signal), ask(scope, ['b'], signal)])
    flush()
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })

  it('are not mixed when they ask for different windows', () => {
    const { ask, asked, flush } = batch(() => new Promise(() => {}))
    const { signal } = new AbortController()
    void ask({ ...scope, window: { kind: 'fixed', start: 1, end: 61 } }, ['b'], signal)
    flush()
    void ask(scope, ['a'], signal)
    flush()
    expect(asked.mock.calls.map(([, query]) => query)).toMatchObject([
      { start: '1', end: '61' },
      { range: '1h' },
    ])
  })
})

describe('a window of a time when scrapes were rarer than now', () => {
  const scraped = (max: number | null) => ({
    scrape_interval_seconds: { min: max, max, avg: max, last: max },
  })
  const asks = async (asking: RangeScope, first: object) => {
    const { ask, asked, flush } = batch(async (_path, query) => ({
      ...answer,
      series: { 7: {}, 8: {} },
      ...first,
      step: Number((query as { step?: string }).step ?? 5),
    }))
    const data = ask(asking, ['up'], new AbortController().signal)
    flush()
    return { step: (await data).step, steps: asked.mock.calls.map(([, query]) => query) }
  }

  it('is asked for again in slots that hold a scrape each', async () => {
    const stats = { 7: scraped(5), 8: scraped(30) }
    const { step, steps } = await asks(scope, { stats })
    expect(step).toBe(30_000)
    expect(steps).toMatchObject([{ step: undefined }, { step: '30' }])
  })

  it('of one member, too', async () => {
    const { step } = await asks({ ...scope, member: '7' }, { member_id: '7', stats: scraped(60) })
    expect(step).toBe(60_000)
  })

  it('stays as it is where its slots are long enough, where nothing is known, and with a step that was asked for', async () => {
    expect((await asks(scope, { stats: { 7: scraped(5) } })).steps).toHaveLength(1)
    expect((await asks(scope, { stats: { 7: scraped(null) } })).steps).toHaveLength(1)
    expect((await asks({ ...scope, step: 10 }, { stats: { 7: scraped(30) } })).steps).toHaveLength(1)
  })
})

it('aborts the request only when everybody who waits for it has gone', async () => {
  let signal: AbortSignal | undefined
  const { ask, flush } = batch((_path, _query, request) => {
    signal = request.signal
    return new Promise(() => {})
  })
  const [first, second] = [new AbortController(), new AbortController()]
  const gone = Promise.allSettled([ask(scope, ['a'], first.signal), ask(scope, ['b'], second.signal)])
  flush()
  first.abort()
  expect(signal?.aborted).toBe(false)
  second.abort()
  expect(signal?.aborted).toBe(true)
  expect((await gone).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})

it('has three requests under way at most, and skips those that nobody waits for any more', async () => {
  const answers: PromiseWithResolvers<unknown>[] = []
  const { ask, asked, flush } = batch(() => {
    const next = Promise.withResolvers()
    answers.push(next)
    return next.promise
  })
  const settle = () => new Promise((resolve) => setTimeout(resolve))
  const leaving = new AbortController()
  const names = (panel: number) => Array.from({ length: 100 }, (_, i) => `m${panel}_${i}`)
  const all = Array.from({ length: 6 }, (_, panel) =>
    ask(scope, names(panel), panel === 3 ? leaving.signal : new AbortController().signal).catch(
      () => 'failed',
    ),
  )
  flush()
  await settle()
  expect(asked).toHaveBeenCalledTimes(3)
  leaving.abort()
  answers[1]?.reject(new Error('away'))
  await settle()
  expect(asked.mock.calls.map(([, query]) => (query as { metrics: string }).metrics.slice(0, 3))).toEqual([
    'm0_',
    'm1_',
    'm2_',
    'm4_',
  ])
  for (const { resolve } of answers) resolve(answer)
  await settle()
  answers.at(-1)?.resolve(answer)
  expect((await Promise.all(all)).map((one) => one === 'failed')).toEqual([
    false,
    true,
    false,
    true,
    false,
    false,
  ])
})

it('asks nothing for those who left before it began', async () => {
  const { ask, asked, flush } = batch(async () => answer)
  const controller = new AbortController()
  const gone = ask(scope, ['a'], controller.signal).catch(() => 'gone')
  controller.abort()
  flush()
  expect(await gone).toBe('gone')
  expect(asked).not.toHaveBeenCalled()
})

describe('groupByLimits', () => {
  const panels = (count: number, each: number) =>
    Array.from({ length: count }, (_, panel) => ({
      names: Array.from({ length: each }, (_, name) => `metric_${panel}_${name}`),
    }))

  it('keeps a group within 100 names', () => {
    const groups = groupByLimits(scope, panels(60, 3))
    expect(groups.map((group) => group.flatMap(({ names }) => names).length)).toEqual([99, 81])
  })

  it('keeps names × members × slots within 100,000', () => {
    const week = { ...scope, window: { kind: 'last' as const, range: '7d' } }
    for (const group of groupByLimits(week, panels(20, 4))) {
      expect(group.flatMap(({ names }) => names).length * 3 * 1_009).toBeLessThanOrEqual(100_000)
    }
  })

  it('keeps the address within 6 KiB', () => {
    const long = Array.from({ length: 4 }, (_, i) => ({ names: [`${i}`.repeat(2_000)] }))
    expect(groupByLimits(scope, long).map(({ length }) => length)).toEqual([2, 2])
  })

  it('counts names that panels share once, and asks alone for what exceeds the limits alone', () => {
    const shared = Array.from({ length: 120 }, (_, i) => ({ names: ['up', `m${i % 90}`] }))
    expect(groupByLimits(scope, shared)).toHaveLength(1)
    expect(groupByLimits(scope, panels(2, 150))).toHaveLength(2)
  })
})
