import type { ProbeOutcome } from '@etcdmonitor/core/etcd/cluster-record'
import { ClusterClient, type ICallable, type IResponseHeader, MaintenanceClient } from 'etcd3'
import type { CallBudget } from '../connection/call-budget.ts'
import { callError, EtcdCallError } from '../connection/call-error.ts'
import type { OneConnection } from '../connection/one-connection.ts'
import type { EtcdMember } from '../member.ts'
import { decodeStatus } from './decode-status.ts'

/** Asks a URL for its Status, once. A failure is an outcome; rejects with the reason of the budget's signal alone. */
export async function probeMember(
  member: EtcdMember,
  budget: CallBudget,
  one?: OneConnection,
): Promise<ProbeOutcome> {
  const client = member.calling(budget, one)
  try {
    const status = decodeStatus(await new MaintenanceClient(client).status())
    if (status) return { status }
    if (await servesKeys(client)) return { isProxy: true }
    const context = { endpoint: member.url, method: 'Maintenance.Status', sent: true }
    return { failure: callError('not_etcd', context, 'its answer names no member').failure }
  } catch (error) {
    if (!(error instanceof EtcdCallError)) throw error
    const { failure } = error
    if (failure.kind === 'not_supported' && (await servesKeys(client))) return { isProxy: true }
    if (failure.kind !== 'permission_denied') return { failure }
    // releases that want root for Status tell everybody who they are in the header of a list
    const header = await readHeader(client)
    return header ? { failure, memberId: header.member_id, clusterId: header.cluster_id } : { failure }
  }
}

/** Proxies and imitations do that at least (etcd.md 6.6). */
async function servesKeys(client: ICallable<string>): Promise<boolean> {
  const params = { key: Uint8Array.of(0), count_only: true, serializable: true }
  try {
    await client.exec('KV' as never, 'range' as never, params as never)
    return true
  } catch (error) {
    if (error instanceof EtcdCallError) return error.failure.kind === 'permission_denied'
    throw error
  }
}

async function readHeader(client: ICallable<string>): Promise<IResponseHeader | undefined> {
  try {
    return (await new ClusterClient(client).memberList({})).header
  } catch (error) {
    if (error instanceof EtcdCallError) return undefined
    throw error
  }
}
