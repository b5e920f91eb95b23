import { CLUSTER, M1, START, scalar, tickOf } from '@etcdmonitor/core/contracts/metrics-samples'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ACCEPTED, INTERVAL, openWriterRig, type WriterRig } from './writer-rig.contract.ts'

const SECOND = 1_000
const MINUTE = 60_000
const head = `prometheus,cluster_id=${CLUSTER},member_id=1`
const mark = (n: number) => `${head} etcdmonitor_mark=1 ${START + n * INTERVAL}`

let rig: WriterRig
beforeEach(async () => {
  rig = await openWriterRig()
})
afterEach(() => rig[Symbol.asyncDispose]())

/** Ticks of the requests since the last call, as intervals after the start; each request apart. */
const ticksSent = () => rig.take().map((lines) => [...new Set(lines.map(tickNumber))])
const tickNumber = (line: string) => (Number(line.split(' ').at(-1)) - START) / INTERVAL
const eventsNamed = (name: string) => rig.events.filter(({ event }) => event === name)
const waiting = () => rig.outbox.totals().records

describe('IX-2 a server that takes everything', () => {
  it('is sent each tick once, at once', async () => {
    await rig.addTicks(3)
    expect(ticksSent()).toEqual([[1], [2], [3]])
    expect(waiting()).toBe(0)
    expect(rig.writer.health()).toEqual({ state: 'ok', reason: '' })
  })
})

describe('IX-2 a server that does not answer', () => {
  it('is asked after 1, 2, 4 … 60 s, and gets the newest tick first, marked, then the others joined', async () => {
    const times: number[] = []
    rig.answer = () => {
      times.push((rig.clock.now() - START) / SECOND)
      return { status: 'none', cause: 'gone' }
    }
    await rig.addTicks(10)
    expect(times).toEqual([30, 31, 33, 37, 45, 61, 93, 153, 213, 273])
    expect(eventsNamed('influx_unreachable').map(({ fields }) => fields)).toEqual([{ cause: 'gone' }])
    expect(rig.writer.health()).toEqual({ state: 'degraded', reason: 'unreachable' })
    expect(waiting()).toBe(10)
    rig.take()
    rig.answer = () => ACCEPTED
    await rig.clock.advance(MINUTE)
    expect(ticksSent()).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]])
    expect(eventsNamed('influx_recovered')).toHaveLength(1)
    expect(rig.writer.health()).toEqual({ state: 'ok', reason: '' })
  })

  it.each([502, 504, 507])('is one that answers %i too', async (status) => {
    rig.answer = () => ({ status })
    await rig.addTicks(1)
    await rig.clock.advance(7 * SECOND)
    expect(ticksSent()).toEqual([[1], [1], [1], [1]])
    expect(rig.writer.health().reason).toBe('unreachable')
    expect(eventsNamed('influx_unreachable').map(({ fields }) => fields)).toEqual([{ status }])
  })

  it('gets the newest tick before a backlog that does not fit into one request', async () => {
    rig.answer = () => ({ status: 'none', cause: 'gone' })
    const methods = Array.from({ length: 1_000 }, (_, i) => `method-${i}`)
    await rig.addTicks(12, (i) => [
      tickOf(
        M1,
        methods.map((method) => scalar('grpc_started', i, { method })),
      ),
    ])
    rig.answer = () => ACCEPTED
    rig.take()
    await rig.clock.advance(MINUTE)
    const requests = rig.take()
    expect(requests.map((lines) => lines.map(tickNumber).at(0))).toEqual([12, 1, 5, 9])
    expect(requests.map((lines) => lines.length)).toEqual([1_001, 4_004, 4_004, 3_003])
    expect(requests[0]?.[0]).toContain('etcdmonitor_mark=1')
    expect(requests[1]?.filter((line) => line.includes('etcdmonitor_mark=1')).map(tickNumber)).toEqual([1])
  })
})

describe('F34 a server that takes its time', () => {
  it('is sent one request, while ticks are stored without waiting for it', async () => {
    let give = (_: typeof ACCEPTED) => {}
    rig.answer = () => new Promise((resolve) => (give = resolve))
    await rig.addTicks(4)
    expect(ticksSent()).toEqual([[1]])
    expect(waiting()).toBe(4)
    rig.answer = () => ACCEPTED
    give(ACCEPTED)
    await rig.clock.settle()
    expect(ticksSent()).toEqual([[2, 3, 4]])
    expect(waiting()).toBe(0)
  })
})

describe('F38 a batch that the disk did not keep', () => {
  it('is given up, counted and marked; the others are sent', async () => {
    rig.answer = () => ({ status: 'none', cause: 'gone' })
    await rig.addTicks(3)
    const [, second] = rig.outbox.oldest({ records: 3 })
    const body = Uint8Array.from(second?.body ?? [])
    body[body.length - 6] = (body[body.length - 6] ?? 0) ^ 1
    rig.outbox.settle({ replace: [{ id: second?.id ?? 0, body }] })
    rig.take()
    rig.answer = () => ACCEPTED
    await rig.clock.advance(MINUTE)
    const [lines = []] = rig.take()
    expect(lines.map(tickNumber)).toEqual([1, 3])
    expect(lines[1]).toContain('etcdmonitor_mark=1')
    expect(eventsNamed('outbox_dropping').map(({ fields }) => fields)).toEqual([
      { reason: 'damaged', records: 1, samples: 1 },
    ])
  })
})

describe('IX-2 a server that is busy', () => {
  it.each([
    ['in seconds', '7', 7],
    ['as a date', new Date(START + INTERVAL + 9 * SECOND).toUTCString(), 9],
    ['to be over', new Date(START).toUTCString(), 1],
    ['beyond all measure', '99999', 300],
    ['not at all', undefined, 1],
  ])('is left alone for as long as it says %s', async (_, retryAfter, seconds) => {
    for (const status of [429, 503]) {
      await using busy = await openWriterRig()
      busy.answer = () => ({ status, retryAfter })
      await busy.addTicks(1)
      expect(busy.take()).toHaveLength(1)
      await busy.clock.advance(seconds * SECOND - 1)
      expect(busy.take()).toHaveLength(0)
      await busy.clock.advance(1)
      expect(busy.take()).toHaveLength(1)
    }
  })
})

describe('IX-2 a server that lets nobody in', () => {
  it.each([
    [401, 'auth', 30],
    [403, 'auth', 30],
    [404, 'bucket_missing', 60],
    [307, 'bucket_missing', 60],
    [405, 'bucket_missing', 60],
  ])('answers %i: kept, told once as %s, tried every %i s', async (status, reason, seconds) => {
    rig.answer = () => ({ status })
    await rig.addTicks(1)
    for (let i = 0; i < 3; i++) {
      expect(ticksSent()).toEqual([[1]])
      await rig.clock.advance(seconds * SECOND - 1)
      expect(ticksSent()).toEqual([])
      await rig.clock.advance(1)
    }
    expect(rig.writer.health()).toEqual({ state: 'degraded', reason })
    expect(eventsNamed(`influx_${reason}`)).toHaveLength(1)
    rig.answer = () => ACCEPTED
    await rig.clock.advance(seconds * SECOND)
    expect(waiting()).toBe(0)
  })
})

describe('IX-2 requests that are too large', () => {
  it('are halved down to what the server takes, and stay as small', async () => {
    rig.answer = (lines) => ({ status: lines.length > 300 ? 413 : 204 })
    const methods = Array.from({ length: 999 }, (_, i) => `method-${i}`)
    const tick = () => [
      tickOf(
        M1,
        methods.map((method) => scalar('grpc_started', 1, { method })),
      ),
    ]
    await rig.addTicks(1, tick)
    expect(rig.take().map(({ length }) => length)).toEqual([1_000, 500, 250, 250, 500, 250, 250])
    await rig.addTicks(1, tick)
    expect(rig.take().map(({ length }) => length)).toEqual([250, 250, 250, 250])
    expect(waiting()).toBe(0)
  })

  it('give up a single line that is too large', async () => {
    rig.answer = (lines) => ({ status: lines.some((line) => line.includes('method=long')) ? 413 : 204 })
    const scalars = [
      scalar('put', 1),
      scalar('grpc_started', 1, { method: 'long' }),
      scalar('grpc_started', 1, { method: 'a' }),
    ]
    await rig.addTicks(1, () => [tickOf(M1, scalars)])
    expect(rig.outbox.refused().map(({ status, line }) => [status, line])).toEqual([
      [413, `${head},method=long grpc_server_started_total=1 ${START + INTERVAL}`],
    ])
    expect(rig.take().map(({ length }) => length)).toEqual([3, 2, 1, 1, 1, 1]) // the last: the mark of what is missing
    expect(waiting()).toBe(0)
  })
})

describe('IX-2 what the server refuses', () => {
  const bad = 'method=bad'
  const refuse = (status: number) => (lines: readonly string[]) =>
    lines.some((line) => line.includes(bad)) ? { status } : ACCEPTED

  it.each([400, 422])(
    'is one line of 5,000 (%i): found with 24 requests more, all others stored',
    async (status) => {
      rig.answer = refuse(status)
      const methods = Array.from({ length: 4_999 }, (_, i) => (i === 3_333 ? 'bad' : `m${i}`))
      await rig.addTicks(1, () => [
        tickOf(
          M1,
          methods.map((method) => scalar('grpc_started', 1, { method })),
        ),
      ])
      const requests = rig.take()
      const stored = new Set(requests.filter((lines) => rig.answer(lines) === ACCEPTED).flat())
      expect(stored.size).toBe(5_000) // 4,999 of the tick and its mark
      expect(requests).toHaveLength(26)
      expect(rig.outbox.refused().map((one) => one.line)).toEqual([
        `${head},${bad} grpc_server_started_total=1 ${START + INTERVAL}`,
      ])
      expect(requests.at(-1)).toEqual([mark(1)])
      expect(eventsNamed('influx_refused')).toHaveLength(1)
      await rig.addTicks(1, () => [tickOf(M1, [scalar('put', 1)])])
      expect(rig.take().flat()[0]).toContain('etcdmonitor_mark=1')
    },
  )

  it('is one field of a line of many: 39 others are stored, and it stays away for an hour', async () => {
    const conflict = 'raft_term='
    rig.answer = (lines) => (lines.some((line) => line.includes(conflict)) ? { status: 422 } : ACCEPTED)
    const tick = () => [tickOf(M1, [scalar('raft_term', 5), scalar('raft_index', 6), scalar('put', 7)])]
    await rig.addTicks(1, tick)
    const stored = rig
      .take()
      .filter((lines) => rig.answer(lines) === ACCEPTED)
      .flat()
      .join('\n')
    for (const field of ['etcdmonitor_mark', 'etcdmonitor_page_at', 'raft_index', 'etcd_mvcc_put_total'])
      expect(stored).toContain(`${field}=`)
    expect(rig.outbox.refused().map((one) => one.line)).toEqual([`${head} raft_term=5 ${START + INTERVAL}`])

    await rig.addTicks(100, tick)
    expect(rig.take().filter((lines) => rig.answer(lines) !== ACCEPTED)).toEqual([])
    expect(eventsNamed('influx_refused')).toHaveLength(1)
    rig.answer = () => ACCEPTED
    await rig.addTicks(30, tick)
    const lines = rig.take().flat()
    const again = lines.findIndex((line) => line.includes(conflict))
    expect(tickNumber(lines[again] ?? '')).toBe(121)
    expect(lines[again]).toContain('etcdmonitor_mark=1')
  })

  it('is looked for in 64 requests a batch at most, and told to be all when it is', async () => {
    rig.answer = () => ({ status: 400 })
    const methods = Array.from({ length: 200 }, (_, i) => `m${i}`)
    await rig.addTicks(3, () => [
      tickOf(
        M1,
        methods.map((method) => scalar('grpc_started', 1, { method })),
      ),
    ])
    expect(rig.take()).toHaveLength(3 * 63)
    expect(rig.outbox.refused()).toHaveLength(603)
    expect(rig.writer.health()).toEqual({ state: 'degraded', reason: 'rejecting' })
    expect(waiting()).toBe(0)
    rig.answer = () => ACCEPTED
    const { dropped } = await rig.writer.append({ clusterId: CLUSTER, at: rig.clock.now() + 1, members: [] })
    expect(dropped.refused).toBe(200) // of the third; the others were told with the next tick
  })
})

describe('D5 points that the bucket does not take any more', () => {
  it('are given up by what is known of the bucket, whatever the server would answer', async () => {
    rig.answer = () => ({ status: 'none', cause: 'gone' })
    await rig.addTicks(40)
    rig.take()
    rig.answer = () => ACCEPTED
    rig.keptFrom = START + 31 * INTERVAL
    await rig.clock.advance(MINUTE)
    expect(ticksSent()).toEqual([[31, 32, 33, 34, 35, 36, 37, 38, 39, 40]])
    expect(eventsNamed('outbox_dropping').map(({ fields }) => fields)).toEqual([
      { reason: 'outdated', records: 30, samples: 30 },
    ])
    const { dropped } = await rig.writer.append({ clusterId: CLUSTER, at: rig.clock.now() + 1, members: [] })
    expect(dropped.outbox_full).toBe(30)
  })

  it.each([500, 422, 400])(
    'are found when the server says %i of them: the newest go on in time',
    async (status) => {
      rig.answer = () => ({ status: 'none', cause: 'gone' })
      await rig.addTicks(20)
      rig.take()
      const isOld = (line: string) => tickNumber(line) <= 10
      rig.answer = (lines) => (lines.some(isOld) ? { status } : ACCEPTED)
      await rig.addTicks(12)
      expect(waiting()).toBe(0)
      const stored = rig
        .take()
        .filter((lines) => rig.answer(lines) === ACCEPTED)
        .flat()
      for (let n = 11; n <= 32; n++) expect(stored.some((line) => tickNumber(line) === n)).toBe(true)
      const eleventh = stored.filter((line) => tickNumber(line) === 11)
      expect(eleventh).toEqual([expect.stringContaining('etcdmonitor_mark=1')])
      expect(new Set(rig.outbox.refused().map(({ line }) => tickNumber(line)))).toEqual(
        new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
      )
    },
  )
})
