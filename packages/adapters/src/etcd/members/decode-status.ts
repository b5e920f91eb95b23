import { toFailureMessage } from '@etcdmonitor/core/etcd/describe-failure'
import type { Alarm, MemberStatus } from '@etcdmonitor/core/etcd/member'
import type { IStatusResponse } from 'etcd3'

const MAX_ERRORS = 10
const MAX_ALARMS = 64
/** Spacing differs by version; without `memberID` the alarm is nobody's. A type that the member itself does not know is a number. */
const ALARM = /(?:memberID:\s*(\d+)\s+)?alarm:\s*([A-Z_]+|\d+)/
const NO_LEADER = 'etcdserver: no leader'

/** Fields that etcd 3.6 added; `""` and `"0"` before. */
type StatusResponse = IStatusResponse & { readonly storageVersion: string; readonly dbSizeQuota: string }

/** `undefined` when the answer names no member or no cluster: that is no member of etcd. */
export function decodeStatus(answer: IStatusResponse): MemberStatus | undefined {
  const { header, storageVersion, dbSizeQuota, ...status } = answer as StatusResponse // by the schema
  if (!header || header.member_id === '0' || header.cluster_id === '0') return undefined
  const { alarms, errors } = splitErrors(status.errors)
  return {
    memberId: header.member_id,
    clusterId: header.cluster_id,
    serverVersion: toFailureMessage(status.version).slice(0, 40),
    dbSizeBytes: Number(status.dbSize),
    dbSizeInUseBytes: Number(status.dbSizeInUse),
    revision: header.revision,
    raftTerm: status.raftTerm,
    raftIndex: status.raftIndex,
    raftAppliedIndex: status.raftAppliedIndex,
    isLearner: status.isLearner,
    errors,
    alarms,
    ...(status.leader !== '0' && { leaderId: status.leader }),
    ...(dbSizeQuota !== '0' && { dbSizeQuotaBytes: Number(dbSizeQuota) }),
    ...(storageVersion !== '' && { storageVersion: toFailureMessage(storageVersion).slice(0, 40) }),
  }
}

/** Without quorum alarms still stand among the errors, for all members. */
function splitErrors(texts: readonly string[]): { alarms: readonly Alarm[]; errors: readonly string[] } {
  const alarms: Alarm[] = []
  const errors: string[] = []
  for (const text of texts) {
    const [, memberId = '0', type] = ALARM.exec(text) ?? []
    if (type !== undefined) alarms.push({ memberId, type: /^\d/.test(type) ? `UNKNOWN(${type})` : type })
    else if (text.trim() !== NO_LEADER && text.trim() !== '') errors.push(toFailureMessage(text).trim())
  }
  return { alarms: alarms.slice(0, MAX_ALARMS), errors: errors.slice(0, MAX_ERRORS) }
}
