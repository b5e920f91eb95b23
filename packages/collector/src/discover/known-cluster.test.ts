import { expect, it } from 'vitest'
import { decodeKnownCluster, encodeKnownCluster } from './known-cluster.ts'

const alpha = {
  memberId: '10276657743932975437',
  name: 'alpha "1"\n',
  serverVersion: '3.4.23',
  clusterVersion: '3.4',
  goVersion: 'go1.19.8',
}

it('gives back what was remembered, and nothing else', () => {
  const cluster = { clusterId: '9', members: [alpha, { ...alpha, memberId: '2', name: '' }] }
  const withMore = { ...cluster, members: cluster.members.map((one) => ({ ...one, scrapeError: 'refused' })) }
  expect(decodeKnownCluster(encodeKnownCluster(withMore))).toEqual(cluster)
})

it('gives back how far the data had come, unless that is no number', () => {
  const data = { revision: '48211', raftIndex: '18446744073709551615' }
  const cluster = { clusterId: '9', members: [alpha], data }
  expect(decodeKnownCluster(encodeKnownCluster(cluster))).toEqual(cluster)
  const damaged = encodeKnownCluster(cluster).replace('48211', '-1')
  expect(decodeKnownCluster(damaged)).toEqual({ clusterId: '9', members: [alpha] })
})

it('gives back the newest reset of the data, unless it is none', () => {
  const reset = { at: 1_789_999_980_000, before: '48211', after: '3' }
  const text = encodeKnownCluster({ clusterId: '9', members: [alpha], reset })
  expect(decodeKnownCluster(text)).toEqual({ clusterId: '9', members: [alpha], reset })
  const without = { clusterId: '9', members: [alpha] }
  expect(decodeKnownCluster(text.replace('48211', '-1'))).toEqual(without)
  expect(decodeKnownCluster(text.replace('1789999980000', '1e300'))).toEqual(without)
  expect(decodeKnownCluster(text.replace('1789999980000', 'null'))).toEqual(without)
})

it('gives back whether ticks were held', () => {
  const cluster = { clusterId: '9', members: [alpha], isHolding: true }
  expect(decodeKnownCluster(encodeKnownCluster(cluster))).toEqual(cluster)
})

it('fits the memory of the store with 64 members of the longest texts', () => {
  const long = { memberId: '1'.repeat(20), name: '€'.repeat(128) }
  const versions = {
    serverVersion: 'v'.repeat(64),
    clusterVersion: 'v'.repeat(64),
    goVersion: 'v'.repeat(64),
  }
  const members = Array.from({ length: 70 }, () => ({ ...long, ...versions }))
  const text = encodeKnownCluster({ clusterId: '9', members })
  expect(new TextEncoder().encode(text).length).toBeLessThanOrEqual(65_536)
  expect(decodeKnownCluster(text)?.members).toHaveLength(64)
})

it.each([
  '',
  'null',
  '[]',
  '{"clusterId":"9"}',
  '{"clusterId":9,"members":[]}',
  '{"clusterId":"09","members":[]}',
  '{"clusterId":"9","members":{}}',
  '{"clusterId":"9","members":',
])('forgets a text that it did not write: %s', (text) => {
  expect(decodeKnownCluster(text)).toBeUndefined()
})

it('leaves out members without an id, and texts that are none', () => {
  const text = JSON.stringify({
    clusterId: '9',
    members: [null, 5, {}, { memberId: 'x' }, { memberId: '3', name: 7 }],
  })
  expect(decodeKnownCluster(text)?.members).toEqual([
    { memberId: '3', name: '', serverVersion: '', clusterVersion: '', goVersion: '' },
  ])
})
