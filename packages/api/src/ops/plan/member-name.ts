import type { MemberId } from '@etcdmonitor/core/etcd/member'
import { nameOf } from '@etcdmonitor/core/operations/judge-voters'
import type { ApiDeps } from '../../deps.ts'

/** The name that a member had when the cluster was last seen, else its id: nobody is asked. */
export async function lastNameOf({ etcd }: Pick<ApiDeps, 'etcd'>, id: MemberId): Promise<string> {
  const { members } = await etcd.view({ maxAge: Infinity, listMaxAge: Infinity, wait: 0 })
  return nameOf(members.find((member) => member.id === id) ?? { id, name: '' })
}
