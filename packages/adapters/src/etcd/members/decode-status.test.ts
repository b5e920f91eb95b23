import type { IStatusResponse } from 'etcd3'
import { expect, it } from 'vitest'
import { decodeMembers } from './decode-member.ts'
import { decodeStatus } from './decode-status.ts'

/** As etcd 3.4 answers. */
const ANSWER = {
  errors: [],
  header: {
    cluster_id: '14841639068965178418',
    member_id: '18446744073709551615',
    revision: '9',
    raft_term: '3',
  },
  version: '3.4.23',
  dbSize: '20480',
  leader: '18446744073709551615',
  raftIndex: '5',
  raftTerm: '3',
  raftAppliedIndex: '4',
  dbSizeInUse: '16384',
  isLearner: false,
  storageVersion: '',
  dbSizeQuota: '0',
}
const decode = (more: object = {}) => decodeStatus({ ...ANSWER, ...more } as IStatusResponse)

it('reads the answer of etcd 3.4, ids digit for digit', () => {
  expect(decode()).toEqual({
    memberId: '18446744073709551615',
    clusterId: '14841639068965178418',
    serverVersion: '3.4.23',
    dbSizeBytes: 20_480,
    dbSizeInUseBytes: 16_384,
    leaderId: '18446744073709551615',
    revision: '9',
    raftTerm: '3',
    raftIndex: '5',
    raftAppliedIndex: '4',
    isLearner: false,
    errors: [],
    alarms: [],
  })
})

it('reads what etcd 3.6 added', () => {
  expect(decode({ storageVersion: '3.6.0', dbSizeQuota: '2147483648' })).toMatchObject({
    storageVersion: '3.6.0',
    dbSizeQuotaBytes: 2_147_483_648,
  })
})

it('ET30 takes alarms, also of a type not known yet, and "no leader" out of the errors', () => {
  const errors = [
    'etcdserver: no leader',
    'memberID:1234567890123456789 alarm:NOSPACE ',
    'memberID: 7 alarm: CORRUPT',
    'alarm:CORRUPT ',
    'memberID:8 alarm:9 ',
    ' something\nelse ',
  ]
  expect(decode({ errors, leader: '0' })).toMatchObject({
    errors: ['something else'],
    alarms: [
      { memberId: '1234567890123456789', type: 'NOSPACE' },
      { memberId: '7', type: 'CORRUPT' },
      { memberId: '0', type: 'CORRUPT' },
      { memberId: '8', type: 'UNKNOWN(9)' },
    ],
  })
  expect(decode({ leader: '0' })).not.toHaveProperty('leaderId')
})

it('bounds what a server may claim', () => {
  const errors = Array.from({ length: 50 }, () => 'x'.repeat(500))
  const status = decode({ errors, version: 'v'.repeat(500) })
  expect(status?.errors).toHaveLength(10)
  expect(status?.errors[0]).toHaveLength(200)
  expect(status?.serverVersion).toHaveLength(40)
})

it.each([
  { header: null },
  { header: { ...ANSWER.header, member_id: '0' } },
  { header: { ...ANSWER.header, cluster_id: '0' } },
])('takes %j for no answer of a member', (more) => {
  expect(decode(more)).toBeUndefined()
})

it('reads members, at most 64 with 16 URLs, and none without an id', () => {
  const entry = {
    name: 'a',
    peerURLs: ['http://a:2380'],
    clientURLs: ['http://a:2379/', 'http://a:2379'],
    isLearner: true,
  }
  const urls = Array.from({ length: 20 }, (_, index) => `http://a:${index + 1}`)
  const list = [
    { ...entry, ID: '0' },
    { ...entry, ID: '5' },
    { ...entry, ID: '6', clientURLs: urls },
  ]
  const members = decodeMembers([
    ...list,
    ...Array.from({ length: 100 }, (_, id) => ({ ...entry, ID: String(id + 7) })),
  ])
  expect(members).toHaveLength(64)
  expect(members[0]).toEqual({
    id: '5',
    name: 'a',
    clientUrls: ['http://a:2379'],
    peerUrls: ['http://a:2380'],
    isLearner: true,
  })
  expect(members[1]?.clientUrls).toEqual(urls.slice(0, 16))
})
