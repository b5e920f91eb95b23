import type { MemberView } from '@etcdmonitor/core/etcd/cluster-view'
import { chooseTransferTarget } from '@etcdmonitor/core/operations/choose-transfer-target'
import { nameOf } from '@etcdmonitor/core/operations/judge-voters'
import { sayOperation } from '@etcdmonitor/core/operations/messages'
import { confirmGate, type Passed } from '../act/gate.ts'
import { transferStep } from '../act/transfer.ts'
import { runError } from '../run/run-error.ts'
import { readFsyncTimes } from './fsync-times.ts'
import { type Rolling, settle } from './rolling.ts'

/** Leadership goes to the best of the others before the leader is defragmented (operations.md 7.3). */
export async function moveAway(rolling: Rolling, leader: MemberView, passed: Passed): Promise<void> {
  const { deps, hand, since, own, tally } = rolling
  const done = new Set([...own, ...tally.skipped()])
  const fsyncSeconds = await readFsyncTimes(deps, passed.facts)
  const facts = await confirmGate(deps, hand, { since, own, passed })
  const target = chooseTransferTarget(facts, { done, fsyncSeconds })
  const step = { name: 'move_leader', memberId: leader.id } as const
  if (!target) return hand.step(step, () => Promise.reject(noTarget()))
  const before = { target_member_id: target.id, previous_leader_id: leader.id }
  const entry = {
    operation: 'move_leader',
    target: nameOf(target),
    params: { ...before, automatic: true },
  } as const
  await transferStep(deps, hand, {
    transfer: { from: leader, to: target },
    plan: { ...step, before, entry, isChange: true },
  })
  await settle(rolling, leader, deps.limits.settle.short)
}

function noTarget() {
  const message = sayOperation('no_transfer_target', {})
  const blockers = [{ code: 'no_transfer_target', message }]
  return runError('no_transfer_target', message, { details: { blockers } })
}
