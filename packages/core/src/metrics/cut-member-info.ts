import type { DataReset } from '../etcd/data-reset.ts'
import type { MemberInfo } from '../ports/metrics-store.ts'

/** The texts of a description as long as a store keeps them. */
export const cutMemberInfo = (info: MemberInfo): MemberInfo => ({
  memberId: info.memberId,
  name: info.name.slice(0, 128),
  serverVersion: info.serverVersion.slice(0, 64),
  clusterVersion: info.clusterVersion.slice(0, 64),
  goVersion: info.goVersion.slice(0, 64),
  scrapeError: info.scrapeError.slice(0, 220),
  ...(info.dataReset && { dataReset: cutReset(info.dataReset) }),
})

const cutReset = ({ at, before, after }: DataReset): DataReset => ({
  at,
  before: before.slice(0, 64),
  after: after.slice(0, 64),
})
