import type { CheckCode, Finding } from './check-codes.ts'
import * as cluster from './cluster-findings.ts'
import * as member from './member-findings.ts'
import type { OperationFacts } from './operation-facts.ts'
import type { Column, Target } from './operation-target.ts'

export interface Rule {
  readonly code: CheckCode
  /** Of each operation; absent: the rule says nothing about it. */
  readonly weights: Readonly<Partial<Record<Column, 'blocks' | 'warns'>>>
  readonly find: (facts: OperationFacts, target: Target) => readonly Finding[]
}

const defragments = (weight: 'blocks' | 'warns') => ({ defragment: weight, rolling: weight })
const all = (weight: 'blocks' | 'warns') => ({
  ...defragments(weight),
  snapshot: weight,
  compact: weight,
  move_leader: weight,
  hashkv: weight,
  alarm_disarm: weight,
})

/** The catalogue of operations.md 5.2, in its order. */
export const CHECK_RULES: readonly Rule[] = [
  {
    code: 'operation_in_progress',
    weights: { ...defragments('blocks'), compact: 'blocks', move_leader: 'blocks', alarm_disarm: 'blocks' },
    find: cluster.heldBy,
  },
  { code: 'cluster_changed', weights: all('blocks'), find: cluster.changed },
  {
    code: 'no_leader',
    weights: { ...defragments('blocks'), compact: 'blocks', move_leader: 'blocks', alarm_disarm: 'blocks' },
    find: cluster.noLeader,
  },
  {
    code: 'member_unreachable',
    weights: { ...defragments('blocks'), snapshot: 'blocks', move_leader: 'blocks' },
    find: member.unreachable,
  },
  { code: 'quorum_at_risk', weights: defragments('blocks'), find: member.quorumAtRisk },
  {
    code: 'voter_unhealthy',
    weights: {
      defragment: 'warns',
      rolling: 'blocks',
      compact: 'warns',
      move_leader: 'warns',
      hashkv: 'warns',
    },
    find: cluster.unhealthyVoters,
  },
  {
    code: 'lagging',
    weights: { ...defragments('blocks'), snapshot: 'warns', move_leader: 'blocks' },
    find: member.lagging,
  },
  { code: 'not_a_voter', weights: { defragment: 'blocks', snapshot: 'blocks' }, find: member.notVoters },
  { code: 'no_root_role', weights: all('warns'), find: cluster.noRootRole },
  {
    code: 'alarm_corrupt',
    weights: { ...defragments('blocks'), snapshot: 'warns', compact: 'blocks', move_leader: 'warns' },
    find: cluster.alarmOf('CORRUPT', 'data of members may differ'),
  },
  {
    code: 'alarm_nospace',
    weights: { ...defragments('warns'), snapshot: 'warns', compact: 'warns' },
    find: cluster.alarmOf('NOSPACE', 'writes are refused'),
  },
  { code: 'known_bad_version', weights: defragments('blocks'), find: member.knownBad },
  {
    code: 'defrag_elsewhere',
    weights: { ...defragments('blocks'), snapshot: 'warns', move_leader: 'blocks', hashkv: 'warns' },
    find: cluster.defragmenting,
  },
  { code: 'open_reader', weights: defragments('warns'), find: member.openReaders },
  {
    code: 'leader_in_place',
    weights: { ...defragments('warns'), snapshot: 'warns', hashkv: 'warns' },
    find: member.leaderInPlace,
  },
  { code: 'write_outage', weights: defragments('warns'), find: cluster.writeOutage },
  { code: 'disk_space', weights: defragments('warns'), find: member.diskSpace },
  { code: 'failure_is_fatal', weights: defragments('warns'), find: member.fatalFailure },
  { code: 'little_to_reclaim', weights: defragments('warns'), find: member.littleToReclaim },
  {
    code: 'version_skew',
    weights: { ...defragments('warns'), snapshot: 'warns', hashkv: 'warns' },
    find: cluster.versionSkew,
  },
  { code: 'retains_little', weights: { compact: 'warns' }, find: cluster.retainsLittle },
  { code: 'kubernetes', weights: { compact: 'warns' }, find: cluster.kubernetes },
  { code: 'compacts_by_itself', weights: { compact: 'warns' }, find: cluster.compactsByItself },
  { code: 'slow_watchers', weights: { compact: 'warns' }, find: cluster.slowWatchers },
  { code: 'unchecked', weights: all('warns'), find: cluster.unchecked },
]
