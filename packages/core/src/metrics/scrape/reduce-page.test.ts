import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readPage } from './exposition.ts'
import { type PageSources, reducePage } from './reduce-page.ts'

function reduce(lines: readonly string[]): PageSources {
  const page = finish(readPage(new TextEncoder().encode(`${lines.join('\n')}\n`)))
  if ('reason' in page) throw new Error(`${page.reason}: ${page.detail}`)
  return finish(reducePage(page))
}

function finish<T>(work: Generator<undefined, T>): T {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}

const fsync = (parts: Readonly<Record<string, string | number>>, labels = '') =>
  Object.entries(parts).map(([part, value]) => {
    const family = 'etcd_disk_wal_fsync_duration_seconds'
    return /^[a-z]+$/.test(part)
      ? `${family}_${part}${labels === '' ? '' : `{${labels}}`} ${value}`
      : `${family}_bucket{${labels === '' ? '' : `${labels},`}le="${part}"} ${value}`
  })

describe('families', () => {
  it('prefers a family that lost its debugging name, and never adds the two', () => {
    const both = ['etcd_debugging_mvcc_keys_total 7', 'etcd_mvcc_keys_total 9']
    expect(reduce(both).scalars).toEqual([{ source: 'keys', labels: {}, value: 9 }])
    expect(reduce(both.slice(0, 1)).scalars).toEqual([{ source: 'keys', labels: {}, value: 7 }])
  })

  it('takes the next family in order when the first is not on the page', () => {
    expect(reduce(['os_fd_used 12']).scalars).toEqual([{ source: 'open_fds', labels: {}, value: 12 }])
    expect(reduce(['os_fd_used 12', 'process_open_fds 11']).scalars).toMatchObject([{ value: 11 }])
  })

  it('ignores families that nobody wants', () => {
    expect(reduce(['promhttp_metric_handler_requests_total{code="200"} 3'])).toMatchObject({
      scalars: [],
      histograms: [],
      drops: {},
    })
  })
})

describe('scalars', () => {
  it('adds the label sets of a source without labels', () => {
    const lines = ['grpc_server_msg_sent_total{a="1"} 3', 'grpc_server_msg_sent_total{a="2"} 4']
    expect(reduce(lines).scalars).toEqual([{ source: 'grpc_msg_sent', labels: {}, value: 7 }])
  })

  it('drops values that are not finite and counters below zero, one by one, and counts them', () => {
    const { scalars, drops, seen } = reduce([
      'etcd_mvcc_put_total{a="1"} NaN',
      'etcd_mvcc_put_total{a="2"} -1',
      'etcd_mvcc_put_total{a="3"} 5',
      'go_goroutines +Inf',
      'etcd_debugging_mvcc_compact_revision -1',
    ])
    expect(scalars).toEqual([
      { source: 'put', labels: {}, value: 5 },
      { source: 'compact_revision', labels: {}, value: -1 },
    ])
    expect(drops).toEqual({ not_finite: 3 })
    expect(seen.has('goroutines ')).toBe(true)
  })

  it('lets the first of doubled series win, whatever the order of its labels, and counts the others', () => {
    const { scalars, drops } = reduce([
      'grpc_server_msg_sent_total{a="1",b="2"} 3',
      'grpc_server_msg_sent_total{b="2",a="1"} 100',
    ])
    expect(scalars).toMatchObject([{ value: 3 }])
    expect(drops).toEqual({ doubled: 1 })
  })

  it('keeps method and class of gRPC calls and stores none that never happened', () => {
    const handled = (labels: string, value: number) => `grpc_server_handled_total{${labels}} ${value}`
    const put = 'grpc_service="etcdserverpb.KV",grpc_method="Put"'
    const { scalars } = reduce([
      handled(`${put},grpc_code="OK"`, 5),
      handled(`${put},grpc_code="Unavailable"`, 1),
      handled(`${put},grpc_code="Internal"`, 2),
      handled(`${put},grpc_code="Canceled"`, 0),
      handled('grpc_service="grpc.health.v1.Health",grpc_method="Watch",grpc_code="OK"', 4),
      handled('grpc_service="etcdserverpb.KV",grpc_method="x y",grpc_code="OK"', 8),
    ])
    expect(scalars.map(({ labels, value }) => [labels, value])).toEqual([
      [{ method: 'Health/Watch', class: 'ok' }, 4],
      [{ method: 'Put', class: 'failed' }, 3],
      [{ method: 'Put', class: 'ok' }, 5],
      [{ method: 'other', class: 'ok' }, 8],
    ])
  })

  it('folds the versions that clients choose freely into a closed set', () => {
    const requests = (version: string) =>
      `etcd_server_client_requests_total{client_api_version="${version}"} 1`
    const { scalars } = reduce([requests('3.5'), requests(''), requests('9.9'), requests('<b>')])
    expect(scalars.map(({ labels, value }) => [labels.version, value])).toEqual([
      ['3.5', 1],
      ['other', 2],
      ['unknown', 1],
    ])
  })

  it('makes decimal ids of peers, and 0 of what is none', () => {
    const sent = (to: string) => `etcd_network_peer_sent_bytes_total{To="${to}"} 1`
    const { scalars } = reduce([sent('8e9e05c52164694d'), sent('0'), sent('zz'), sent('18e9e05c52164694d')])
    expect(scalars.map(({ labels, value }) => [labels.peer, value])).toEqual([
      ['0', 3],
      ['10276657743932975437', 1],
    ])
  })

  it('keeps 64 peers, the same ones in any order, and counts the rest', () => {
    const sent = Array.from(
      { length: 70 },
      (_, i) => `etcd_network_peer_sent_bytes_total{To="${(i + 16).toString(16)}"} 1`,
    )
    const { scalars, drops } = reduce(sent)
    expect(scalars).toHaveLength(64)
    expect(drops).toEqual({ series_limit: 6 })
    expect(reduce(sent.toReversed()).scalars).toEqual(scalars)
  })

  it('makes `other` of methods beyond 64', () => {
    const started = Array.from(
      { length: 66 },
      (_, i) => `grpc_server_started_total{grpc_service="etcdserverpb.KV",grpc_method="M${100 + i}"} 1`,
    )
    const { scalars, drops } = reduce(started)
    expect(scalars).toHaveLength(65)
    expect(scalars.at(-1)).toEqual({ source: 'grpc_started', labels: { method: 'other' }, value: 2 })
    expect(drops).toEqual({})
  })
})

describe('histograms', () => {
  it('turns cumulative counts into counts per bucket, raised where they decrease', () => {
    const { histograms } = reduce(
      fsync({ '0.002': 5, '0.001': 2, '+Inf': 9, '0.004': 4, sum: 0.1, count: 9 }),
    )
    expect(histograms).toEqual([
      { source: 'wal_fsync', labels: {}, bounds: [0.001, 0.002, 0.004], buckets: [2, 3, 0, 4], sum: 0.1 },
    ])
  })

  it('takes a missing +Inf bucket from the count', () => {
    expect(reduce(fsync({ '1': 2, sum: 1, count: 5 })).histograms).toMatchObject([{ buckets: [2, 3] }])
  })

  it('knows equal bounds however they are written', () => {
    const { histograms, drops } = reduce(fsync({ '1e-3': 1, '0.001': 7, '+Inf': 2, sum: 1 }))
    expect(histograms).toMatchObject([{ bounds: [0.001], buckets: [1, 1] }])
    expect(drops).toEqual({ doubled: 1 })
  })

  it.each([
    ['a bound that is no number', { fast: 1 }, ['etcd_disk_wal_fsync_duration_seconds_bucket{le="fast"} 1']],
    ['no bound', {}, ['etcd_disk_wal_fsync_duration_seconds_bucket 1']],
    ['a lowest bound without end', { '-Inf': 1 }, []],
    ['a count that is no integer', { '1': 1.5 }, []],
    ['a count below zero', { '1': -1 }, []],
    ['a count that is not finite', { '1': 'NaN' }, []],
    ['a sum that is not finite', { sum: 'NaN' }, []],
    ['65 bounds', Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`${i}.5`, 1])), []],
  ])('drops and counts a label set with %s', (_, parts, extra) => {
    const good = { '+Inf': 2, sum: 1, count: 2 }
    const lines = Object.entries(parts).every(([part]) => part !== 'fast')
      ? fsync({ ...good, ...parts })
      : fsync(good)
    const { histograms, drops } = reduce([...lines, ...extra])
    expect(histograms).toEqual([])
    expect(drops).toEqual({ bad_histogram: 1 })
  })

  it('drops a label set without +Inf and count, and one without sum, and keeps the others', () => {
    const { histograms, drops } = reduce([
      ...fsync({ '1': 1, sum: 1 }, 'a="1"'),
      ...fsync({ '1': 1, '+Inf': 1 }, 'a="2"'),
      ...fsync({ '1': 3, '+Inf': 4, sum: 2 }, 'a="3"'),
    ])
    expect(histograms).toMatchObject([{ buckets: [3, 1], sum: 2 }])
    expect(drops).toEqual({ bad_histogram: 2 })
  })

  it('merges label sets by bound', () => {
    const { histograms } = reduce([
      ...fsync({ '1': 1, '2': 2, '+Inf': 3, sum: 1 }, 'a="1"'),
      ...fsync({ '2': 10, '+Inf': 20, sum: 2 }, 'a="2"'),
    ])
    expect(histograms).toMatchObject([{ bounds: [2], buckets: [12, 11], sum: 3 }])
  })

  it('merges only the unary calls other than Defragment of the gRPC latency', () => {
    const handling = (type: string, method: string) =>
      ['bucket{le="+Inf",', 'sum{', 'count{'].map(
        (part) => `grpc_server_handling_seconds_${part}grpc_type="${type}",grpc_method="${method}"} 1`,
      )
    const { histograms } = reduce([
      ...handling('unary', 'Put'),
      ...handling('unary', 'Range'),
      ...handling('unary', 'Defragment'),
      ...handling('bidi_stream', 'Watch'),
    ])
    expect(histograms).toEqual([{ source: 'grpc_handling', labels: {}, bounds: [], buckets: [2], sum: 2 }])
  })
})

it('gives the same sources for pages that differ only in what the format leaves open', () => {
  const lines = [
    ...fsync({ '0.001': 1, '0.002': 3, '+Inf': 7, sum: 0.1, count: 7 }, 'a="1"'),
    ...fsync({ '0.001': 2, '0.002': 3, '+Inf': 3, sum: 0.2, count: 3 }, 'a="2"'),
    ...fsync({ '0.001': 2, '0.002': 3, '+Inf': 3, sum: 0.3, count: 3 }, 'a="3"'),
    'grpc_server_msg_sent_total{x="1",y="2"} 0.1',
    'grpc_server_msg_sent_total{x="2",y="2"} 0.2',
    'grpc_server_msg_sent_total{x="3",y="2"} 0.3',
    'etcd_network_active_peers{Local="1",Remote="2"} 1',
    'etcd_network_active_peers{Local="1",Remote="3"} 0',
  ]
  const wanted = reduce(lines)
  const spelling = fc.constantFrom(
    (line: string) => line,
    (line: string) => `${line} 1790000000000`,
    (line: string) => `\t${line}\r`,
    (line: string) => line.replace(/\{(\w+="[^"]*"),(.+?)\}/, '{ $2 , $1, }'),
    (line: string) => `# HELP\n\n${line}`,
  )
  const spellings = fc.array(spelling, { minLength: lines.length, maxLength: lines.length })
  const order = fc.shuffledSubarray(lines, { minLength: lines.length })
  fc.assert(
    fc.property(order, spellings, (shuffled, spell) => {
      expect(reduce(shuffled.map((line, i) => spell[i]?.(line) ?? line))).toEqual(wanted)
    }),
    { numRuns: 200 },
  )
})
