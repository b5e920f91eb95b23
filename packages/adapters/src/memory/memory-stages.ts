import { describeFailure } from '@etcdmonitor/core/etcd/describe-failure'
import type { DoctorStage } from '@etcdmonitor/core/etcd/doctor-stage'
import { type EtcdFailure, type EtcdStage, isNotReached } from '@etcdmonitor/core/etcd/failure'

const STAGES: readonly EtcdStage[] = ['dns', 'tcp', 'tls', 'auth', 'quorum', 'ready']

/** A walk that ends where the failure lies; what Status fails with after a connection is `auth`. */
export function toStages(failure: EtcdFailure | undefined): readonly DoctorStage[] {
  const end = failure && stageOfWalk(failure)
  const passed = end === undefined ? STAGES : STAGES.slice(0, STAGES.indexOf(end))
  const stages: DoctorStage[] = passed.map((stage) => ({ stage, ok: true, durationMs: 0, detail: 'passed' }))
  if (failure && end)
    stages.push({ stage: end, ok: false, durationMs: 0, detail: describeFailure(failure), failure })
  return stages
}

const stageOfWalk = (failure: EtcdFailure): EtcdStage =>
  isNotReached(failure) || failure.stage === 'quorum' ? failure.stage : 'auth'
