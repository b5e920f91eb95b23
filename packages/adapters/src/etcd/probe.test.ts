import * as grpc from '@grpc/grpc-js'
import { afterEach, describe, expect, it } from 'vitest'
import { FRESH, openClient } from './open-client.contract.ts'
import { loadSchema } from './schema.ts'

const schema = loadSchema()
const HEADER = {
  cluster_id: '14841639068965178418',
  member_id: '18446744073709551615',
  revision: '1',
  raft_term: '2',
}
const MEMBER = {
  ID: HEADER.member_id,
  name: 'alpha',
  peerURLs: ['http://a:2380'],
  clientURLs: [],
  isLearner: false,
}
const STATUS = { header: HEADER, version: '3.5.30', leader: HEADER.member_id, raftTerm: '2', dbSize: '1' }

type Answer = object | { readonly code: grpc.status; readonly details: string }
const servers: grpc.Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.forceShutdown()
})

/** Something that answers Status and MemberList as told. */
async function imitate(status: Answer, list: Answer): Promise<string> {
  const server = new grpc.Server()
  const always =
    (answer: Answer): grpc.UntypedHandleCall =>
    (_: unknown, done: grpc.sendUnaryData<object>) =>
      'code' in answer ? done(answer) : done(null, answer)
  server.addService(schema.Maintenance.service, { Status: always(status) })
  server.addService(schema.Cluster.service, { MemberList: always(list) })
  servers.push(server)
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) =>
    error ? reject(error) : resolve(port),
  )
  return `http://127.0.0.1:${await promise}`
}

const denied = { code: grpc.status.PERMISSION_DENIED, details: 'etcdserver: permission denied' }

describe('a server that answers unlike a plain member', () => {
  it('is known by its list where Status needs the root role, and stays the way to that member', async () => {
    const url = await imitate(denied, { header: HEADER, members: [MEMBER] })
    await using client = openClient({ endpoints: [url] })
    const view = await client.view(FRESH)
    expect(view.stale).toBe(false)
    expect(view.clusterId).toBe(HEADER.cluster_id)
    expect(view.members).toMatchObject([
      {
        id: HEADER.member_id,
        name: 'alpha',
        endpoint: url,
        failure: { kind: 'permission_denied', stage: 'auth' },
      },
    ])
    await expect(client.status(HEADER.member_id)).rejects.toMatchObject({ code: 'permission_denied' })
    expect(await client.metricsPage(HEADER.member_id)).toEqual({ reason: 'grpc_only', detail: '' })
  })

  it('is not_etcd when its answer names no member', async () => {
    const url = await imitate(
      { ...STATUS, header: { ...HEADER, member_id: '0' } },
      { header: HEADER, members: [] },
    )
    await using client = openClient({ endpoints: [url] })
    const view = await client.view(FRESH)
    expect(view.members).toEqual([])
    expect(view.endpoints[0]).toMatchObject({ role: 'unknown', failure: { kind: 'not_etcd' } })
    expect(view.stale).toBe(true)
  })

  it('keeps its members when the list fails, is empty, or that of another cluster', async () => {
    const broken = { code: grpc.status.UNAVAILABLE, details: 'etcdserver: no leader' }
    const other = { header: { ...HEADER, cluster_id: '7' }, members: [{ ...MEMBER, ID: '5' }] }
    for (const list of [broken, { header: HEADER, members: [] }, other]) {
      const url = await imitate(STATUS, list)
      await using client = openClient({ endpoints: [url] })
      const view = await client.view(FRESH)
      expect(view.stale).toBe(true)
      expect(view.members).toMatchObject([{ id: HEADER.member_id, endpoint: url }])
    }
  })

  it('asks the next member for the list when one refuses it', async () => {
    const learner = { code: grpc.status.UNAVAILABLE, details: 'etcdserver: rpc not supported for learner' }
    const second = { ...HEADER, member_id: '5' }
    const members = [MEMBER, { ...MEMBER, ID: '5', name: 'beta' }]
    const first = await imitate(STATUS, learner)
    const good = await imitate({ ...STATUS, header: second }, { header: second, members })
    await using client = openClient({ endpoints: [first, good] })
    await client.view(FRESH)
    const view = await client.view(FRESH)
    expect(view.stale).toBe(false)
    expect(view.members.map(({ name, endpoint }) => [name, endpoint])).toEqual([
      ['alpha', first],
      ['beta', good],
    ])
  })

  it('answers each call to one member for that member alone', async () => {
    const url = await imitate(STATUS, { header: HEADER, members: [MEMBER] })
    await using client = openClient({ endpoints: [url] })
    await client.view(FRESH)
    await expect(client.leaseCount(HEADER.member_id)).rejects.toMatchObject({ code: 'not_supported' })
  })
})
