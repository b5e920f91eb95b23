import { describe, expect, it } from 'vitest'
import { aMember } from '../../../../test/answers.ts'
import { nameAndId, proposeForSnapshot, reclaimable } from './member-choice.ts'

describe('what is chosen of the members', () => {
  it('proposes the most advanced healthy follower for a snapshot, else the leader', () => {
    const leader = aMember('7', { is_leader: true, raft_index: '18446744073709551615' })
    const ahead = aMember('9', { raft_index: '18446744073709551610' })
    const behind = aMember('8', { raft_index: '18446744073709551609' })
    const sick = aMember('6', { status: 'unhealthy', raft_index: '18446744073709551614' })
    const learner = aMember('5', { status: 'learner', is_learner: true, raft_index: '18446744073709551614' })
    expect(proposeForSnapshot([leader, sick, learner, behind, ahead])?.id).toBe('9')
    expect(proposeForSnapshot([leader, sick])?.id).toBe('7')
    expect(proposeForSnapshot([])).toBeUndefined()
  })

  it('knows what a defragmentation could return, and that it may not be known', () => {
    expect(reclaimable(aMember('7', { db_size: 10, db_size_in_use: 4 }))).toBe(6)
    expect(reclaimable(aMember('7', { db_size: 4, db_size_in_use: 10 }))).toBe(0)
    expect(reclaimable(aMember('7'))).toBeUndefined()
  })

  it('names a member by name and id, and one without a name once', () => {
    const members = [aMember('10276657743932975437', { name: 'etcd-1' }), aMember('255', { name: '' })]
    expect(nameAndId('10276657743932975437', members)).toBe('etcd-1 (8e9e05c52164694d)')
    expect(nameAndId('255', members)).toBe('00000000000000ff')
  })
})
