import { expect, it } from 'vitest'
import { startEtcdCluster } from './etcd-cluster.ts'
import { addMember, promoteMember, removeMember } from './etcd-membership.ts'
import { httpCall } from './http-call.ts'
import { needServer } from './need-server.ts'

interface Listed {
  readonly ID: string
  readonly name?: string
  readonly isLearner?: boolean
  readonly clientURLs?: string[]
}

async function list(url: string): Promise<readonly Listed[]> {
  const { body } = await httpCall({ url: `${url}/v3/cluster/member/list`, json: {} })
  return (JSON.parse(body) as { readonly members: Listed[] }).members
}

needServer('etcd', () => {
  it('adds a learner, promotes it, and removes a member', async () => {
    await using cluster = await startEtcdCluster({ members: 1 })
    const [url = ''] = cluster.endpoints
    const find = async (id: string) => (await list(url)).find((one) => one.ID === id)
    await using joining = await addMember(cluster, { name: 'late', isLearner: true })
    expect((await find(joining.id))?.name ?? '').toBe('')
    const member = await joining.start()
    await expect.poll(() => find(joining.id)).toMatchObject({ name: 'late', clientURLs: [member.url] })
    expect((await find(joining.id))?.isLearner).toBe(true)
    await promoteMember(url, joining.id)
    expect((await find(joining.id))?.isLearner ?? false).toBe(false)
    await removeMember(url, joining.id)
    expect(await find(joining.id)).toBeUndefined()
  })

  it('starts another cluster on the ports of one that ended', async () => {
    const old = await startEtcdCluster({ members: 1 })
    const [before] = await list(old.endpoints[0] ?? '')
    await old.dispose()
    await using next = await startEtcdCluster({ members: 1, ports: old.ports, token: 'another' })
    expect(next.endpoints).toEqual(old.endpoints)
    const [after] = await list(next.endpoints[0] ?? '')
    expect(after?.ID).not.toBe(before?.ID)
  })
})
