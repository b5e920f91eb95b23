import type { ClusterView, MemberView } from '@etcdmonitor/core/etcd/cluster-view'
import { describe, expect, it } from 'vitest'
import { pickTargets } from './pick-targets.ts'

const member = (id: string, name: string, more: Partial<MemberView> = {}): MemberView => ({
  id,
  name,
  clientUrls: [`http://${name}:2379`],
  peerUrls: [],
  isLearner: false,
  endpoint: '',
  configuredIndex: -1,
  ...more,
})
const view = (members: readonly MemberView[], more: Partial<ClusterView> = {}): ClusterView => ({
  clusterId: '9',
  members,
  endpoints: [],
  listedAt: 1,
  stale: false,
  ...more,
})
const known = (memberId: string, name: string) => ({
  memberId,
  name,
  serverVersion: '',
  clusterVersion: '',
  goVersion: '',
})
const remembered = { clusterId: '9', members: [known('10', 'old'), known('7', 'seven')] }
const unlisted: ClusterView = { members: [], endpoints: [], stale: true }

describe('pickTargets', () => {
  it('sorts members by number, not by text', () => {
    expect(pickTargets(view([member('10', 'a'), member('9', 'b')]), undefined)?.members).toEqual([
      { memberId: '9', name: 'b' },
      { memberId: '10', name: 'a' },
    ])
  })

  it('O6 does not ask a member that has not started, but lists it', () => {
    const targets = pickTargets(view([member('1', 'a'), member('2', '', { clientUrls: [] })]), undefined)
    expect(targets?.members.map(({ memberId }) => memberId)).toEqual(['1'])
    expect(targets?.listed).toEqual(['1', '2'])
  })

  it('F12 counts voters alone, started or not', () => {
    const members = [
      member('1', 'a'),
      member('2', '', { clientUrls: [] }),
      member('3', 'c', { isLearner: true }),
    ]
    expect(pickTargets(view(members), undefined)).toMatchObject({ voters: 2, members: [{}, {}] })
  })

  it('D1 asks a member without a usable URL that a configured endpoint reaches', () => {
    const reached = member('2', 'b', { clientUrls: [], endpoint: 'http://127.0.0.1:2379' })
    expect(pickTargets(view([reached]), undefined)?.members).toHaveLength(1)
  })

  it('takes at most 64', () => {
    const many = Array.from({ length: 70 }, (_, i) => member(String(i + 1), `m${i}`))
    const targets = pickTargets(view(many), undefined)
    expect(targets?.members.map(({ memberId }) => Number(memberId))).toEqual(
      Array.from({ length: 64 }, (_, i) => i + 1),
    )
    expect(targets?.listed).toHaveLength(70)
  })

  it('has nobody before a cluster was seen', () => {
    expect(pickTargets(unlisted, undefined)).toBeUndefined()
  })

  it('takes the members of the last run while nobody answers', () => {
    expect(pickTargets(unlisted, remembered)).toEqual({
      clusterId: '9',
      members: [
        { memberId: '7', name: 'seven' },
        { memberId: '10', name: 'old' },
      ],
      listed: ['10', '7'],
      voters: 2,
    })
  })

  it('adds them while the list of the same cluster was not read, under the names of now', () => {
    const { listedAt: _, ...early } = view([member('10', 'new')])
    expect(pickTargets(early, remembered)?.members).toEqual([
      { memberId: '7', name: 'seven' },
      { memberId: '10', name: 'new' },
    ])
    expect(pickTargets(view([member('10', 'new')]), remembered)?.members).toHaveLength(1)
  })

  it('F11 never mixes them with another cluster', () => {
    const { listedAt: _, ...early } = view([member('5', 'x')], { clusterId: '8' })
    expect(pickTargets(early, remembered)).toEqual({
      clusterId: '8',
      members: [{ memberId: '5', name: 'x' }],
      listed: ['5'],
      voters: 1,
    })
  })
})
