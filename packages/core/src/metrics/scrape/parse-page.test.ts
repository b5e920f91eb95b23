import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ScrapeFailure } from '../../ports/etcd-cluster.ts'
import { SOURCES } from '../sources.ts'
import { countValues } from './member-tick.ts'
import { type MemberPage, parsePage } from './parse-page.ts'

const MEMBER = '7282086223167288800' // 650f2ad67ba6f5e0
const recorded = (version: string) =>
  readFileSync(new URL(`../../../../../test/fixtures/metrics-${version}.txt`, import.meta.url))

/** Runs to the end and counts the pieces. */
function run(body: Uint8Array | string, memberId = MEMBER) {
  const work = parsePage(typeof body === 'string' ? new TextEncoder().encode(body) : body, memberId)
  for (let pieces = 1; ; pieces++) {
    const { done, value } = work.next()
    if (done) return { page: value, pieces }
  }
}

function pageOf(body: Uint8Array | string, memberId = MEMBER): MemberPage {
  const { page } = run(body, memberId)
  if ('reason' in page) throw new Error(`${page.reason}: ${page.detail}`)
  return page
}

function failureOf(body: Uint8Array | string): ScrapeFailure {
  const { page } = run(body)
  if (!('reason' in page)) throw new Error('the page is good')
  return page
}

const scalar = (page: MemberPage, source: string, labels = {}) =>
  page.scalars.find((one) => one.source === source && sameLabels(one.labels, labels))?.value
const sameLabels = (a: object, b: object) => JSON.stringify(a) === JSON.stringify(b)

describe('a recorded page of etcd 3.4', () => {
  const page = pageOf(recorded('3.4'))

  it('reduces 1,292 sample lines to 18 histograms of 283 buckets and no more than 106 scalars', () => {
    expect(page.lines).toBe(1_292)
    expect(page.histograms).toHaveLength(18)
    expect(page.histograms.reduce((count, { buckets }) => count + buckets.length, 0)).toBe(283)
    expect(page.scalars).toHaveLength(84)
    expect(countValues(page)).toBe(84 + 283 + 18)
    expect(page.drops).toEqual({})
  })

  it('has the values that stand on the page', () => {
    expect(scalar(page, 'has_leader')).toBe(1)
    expect(scalar(page, 'db_total')).toBe(5_709_824)
    expect(scalar(page, 'cpu_seconds')).toBe(4.49)
    expect(scalar(page, 'client_requests', { version: 'unknown' })).toBe(2_325) // 2 streams and 2,323 unary calls
    expect(scalar(page, 'peer_sent_bytes', { peer: '10024975304423567888' })).toBe(5_966_728)
    expect(scalar(page, 'peer_received_bytes', { peer: '0' })).toBe(720)
    expect(scalar(page, 'grpc_handled', { method: 'Put', class: 'ok' })).toBe(1_600)
    expect(scalar(page, 'gc_quantile', { quantile: '0.75' })).toBe(0.000860313)
    expect(scalar(page, 'gc_count')).toBe(30)
  })

  it('stores no series of a gRPC method that was never called', () => {
    expect(page.scalars.filter(({ source, value }) => source.startsWith('grpc_') && value === 0)).toEqual([])
    expect(page.seen.has('grpc_started Authenticate')).toBe(true)
  })

  it('divides the bounds and the sum of milliseconds', () => {
    const pause = page.histograms.find(({ source }) => source === 'compaction_pause')
    expect(pause?.bounds).toEqual([
      0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1.024, 2.048, 4.096,
    ])
    expect(pause?.sum).toBe(0.002)
    expect(pause?.buckets).toEqual([0, 1, ...new Array(12).fill(0)])
  })

  it('has its texts and its own id', () => {
    expect(page.info).toEqual({
      serverVersion: '3.4.23',
      clusterVersion: '3.4',
      goVersion: 'go1.19.8',
      serverIds: [MEMBER],
    })
  })
})

it('M4 finds every unmarked source of the table on pages of 3.4 and 3.6', () => {
  // metrics.md 1.2: not on the page of a busy, fault-free member of these versions, or only from a later one on
  const rare = {
    '3.4': [
      ...['apply_duration', 'range_duration', 'wal_write', 'grpc_handling', 'gomaxprocs'],
      ...['peer_sent_failures', 'peer_received_failures', 'disconnected_peers', 'stream_failures'],
      ...['snapshot_send_success', 'snapshot_send_failures'],
      ...['snapshot_receive_success', 'snapshot_receive_failures'],
    ],
  }
  const missing = (page: MemberPage) => {
    const present = new Set([...page.scalars, ...page.histograms].map(({ source }) => source))
    return SOURCES.filter(({ id, from }) => from === 'metrics' && !present.has(id)).map(({ id }) => id)
  }
  expect(missing(pageOf(recorded('3.4'))).toSorted()).toEqual(rare['3.4'].toSorted())
  const newer = missing(pageOf(recorded('3.6'), '12040091194987873052'))
  expect(rare['3.4']).toEqual(expect.arrayContaining([...newer]))
})

describe('a page that is damaged', () => {
  const lead = 'etcd_server_has_leader 1\n'

  it('F7 fails or is the whole page, cut at any line end', () => {
    const body = recorded('3.4')
    const whole = pageOf(body)
    const ends = [...body].flatMap((byte, at) => (byte === 10 ? at + 1 : []))
    const goodCuts = ends.filter((end, i) => i % 40 === 0 || end > body.length - 3_000)
    for (const end of goodCuts) {
      const { page } = run(body.subarray(0, end - 1)) // without its line feed
      expect(page).toMatchObject({ reason: 'truncated' })
    }
    expect(run(body.subarray(0, ends.at(-1))).page).toEqual(whole)
  })

  it.each([
    ['', 'truncated'],
    ['etcd_server_has_leader 1', 'truncated'],
    ['<html><body>sign in</body></html>\n', 'parse'],
    ['other_exporter 1\n', 'parse'],
    [`${lead}etcd_server_id{server_id="1"} 1\n`, 'parse'],
    [`${lead}etcd_disk_wal_fsync_duration_seconds_bucket{le="0.001} 3\n`, 'parse'],
    [`${lead}etcd_mvcc_put_total 0x10\n`, 'parse'],
    [`${lead}${'what is this?\n'.repeat(101)}`, 'parse'],
    [`${lead}x{a="${'y'.repeat(65_536)}"} 1\n`, 'too_large'],
    [`${lead}${'x 1\n'.repeat(100_000)}`, 'too_large'],
  ])('F8 fails with its reason: %#', (body, reason) => {
    expect(failureOf(body).reason).toBe(reason)
  })

  it('says wrong_member, and which family is malformed, and nothing else of the text', () => {
    expect(failureOf(`${lead}etcd_server_id{server_id="1"} 1\n`).detail).toBe('wrong_member')
    expect(failureOf(`${lead}etcd_mvcc_put_total <b>\n`).detail).toBe(
      'a line of etcd_mvcc_put_total is malformed',
    )
  })

  it('is refused when it is not UTF-8, wherever that is', () => {
    const body = new Uint8Array([...new TextEncoder().encode(`${lead}x{a="`), 0xc3, 0x22, 0x7d, 0x31, 10])
    expect(failureOf(body)).toMatchObject({ reason: 'parse', detail: 'the page is not valid UTF-8' })
  })

  it('ignores up to 100 malformed lines of families that nobody wants', () => {
    expect(pageOf(`${lead}${'what is this?\n'.repeat(100)}`).lines).toBe(1)
  })

  it('takes exactly 100,000 sample lines, in pieces', () => {
    const { page, pieces } = run(`${lead}${'x 1\n'.repeat(99_999)}`)
    expect(page).toMatchObject({ lines: 100_000 })
    expect(pieces).toBeGreaterThan(1)
  })

  it('F8 ends without an exception whatever the bytes', () => {
    const token = fc.constantFrom(
      ...[
        'etcd_server_has_leader',
        'etcd_server_id',
        'etcd_mvcc_put_total',
        'x',
        '_bucket',
        '_sum',
        '_count',
      ],
      ...[
        'etcd_disk_wal_fsync_duration_seconds',
        '{',
        '}',
        'le="',
        '"',
        ',',
        '=',
        '\\',
        '\n',
        '\r\n',
        ' ',
        '\t',
      ],
      ...['1', '-1', '+Inf', 'NaN', '1e999', '0.5', '# ', '#', '\0', 'é', '\u2028', 'server_id="1"'],
    )
    const soup = fc.array(token, { maxLength: 40 }).map((parts) => parts.join(''))
    const name = fc.constantFrom('x', 'etcd_mvcc_put_total', 'etcd_disk_wal_fsync_duration_seconds_bucket')
    const labels = fc.constantFrom(
      '',
      '{}',
      '{a="1"}',
      '{a="1",le="1"}',
      '{le="+Inf",}',
      '{a="1",a="2"}',
      '{a=1}',
    )
    const value = fc.constantFrom('1', '2', '-1', '1.5', 'NaN', '+Inf', '1e999', '', '0x1', '1 5', '1 # {} 2')
    const line = fc.tuple(name, labels, value).map(([a, b, c]) => `${a}${b} ${c}`)
    const lines = fc.array(fc.oneof({ weight: 6, arbitrary: line }, soup), { maxLength: 12 })
    const page = lines.map((all) => `${lead}${all.join('\n')}`)
    const reasons = new Set<string>()
    fc.assert(
      fc.property(fc.oneof({ weight: 4, arbitrary: page }, soup, fc.string(), fc.uint8Array()), (body) => {
        const { page } = run(typeof body === 'string' ? `${body}\n` : body)
        reasons.add('reason' in page ? page.reason : 'ok')
        if ('reason' in page) expect(page.detail.length).toBeLessThanOrEqual(200)
        else for (const { value } of page.scalars) expect(value).not.toBeNaN()
      }),
      { numRuns: 5_000 },
    )
    expect([...reasons].toSorted()).toEqual(['ok', 'parse', 'truncated'])
  })

  it('F8 Z7 gives a clean failure or finite values for a recorded page with flipped bits', () => {
    const body = recorded('3.4')
    const flips = fc.array(fc.tuple(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 3,
    })
    fc.assert(
      fc.property(flips, (places) => {
        const copy = Uint8Array.from(body)
        for (const [at, mask] of places) copy[at] = (copy[at] ?? 0) ^ mask
        const { page } = run(copy)
        if ('reason' in page) return
        for (const { value } of page.scalars) expect(Number.isFinite(value)).toBe(true)
        for (const { buckets } of page.histograms) expect(buckets.every((count) => count >= 0)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })
})
