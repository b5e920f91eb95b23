import { failureIn } from '@etcdmonitor/core/etcd/fail-call'
import { toSecret } from '@etcdmonitor/core/secret'
import * as grpc from '@grpc/grpc-js'
import { afterEach, describe, expect, it } from 'vitest'
import {
  type Answer,
  always,
  denied,
  HEADER,
  imitateEtcd,
  MEMBER,
  STATUS,
  unknownCall,
} from '../imitate-etcd.contract.ts'
import type { Impostor } from '../impostor.contract.ts'
import { FRESH, openClient } from '../open-client.contract.ts'

const servers: Impostor[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server[Symbol.asyncDispose]()
})

interface Extras {
  readonly leases?: Answer
  readonly auth?: Answer
  readonly onCall?: () => void
}

/** Something that answers Status, MemberList and LeaseLeases as told. */
async function imitate(
  status: Answer,
  list: Answer,
  { leases = unknownCall, auth = { token: 'a.1' }, onCall = () => {} }: Extras = {},
): Promise<string> {
  const counted = (given: Answer) =>
    always(() => {
      onCall()
      return typeof given === 'function' ? given() : given
    })
  const server = await imitateEtcd({
    Maintenance: { Status: counted(status) },
    Cluster: { MemberList: counted(list) },
    Auth: { Authenticate: counted(auth) },
    Lease: { LeaseLeases: counted(leases) },
  })
  servers.push(server)
  return server.url
}

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
    const other = {
      header: { ...HEADER, cluster_id: '7', member_id: '5' },
      members: [{ ...MEMBER, ID: '5' }],
    }
    for (const list of [broken, { header: HEADER, members: [] }, other]) {
      const url = await imitate(STATUS, list)
      await using client = openClient({ endpoints: [url] })
      const view = await client.view(FRESH)
      expect(view.stale).toBe(true)
      expect(view.members).toMatchObject([{ id: HEADER.member_id, endpoint: url }])
    }
  })

  it.each([
    ['refuses it', { code: grpc.status.UNAVAILABLE, details: 'etcdserver: rpc not supported for learner' }],
    ['names cluster 0 in it', { header: { ...HEADER, cluster_id: '0' }, members: [MEMBER] }],
    ['names nobody in it', { header: HEADER, members: [] }],
    ['answers that of another cluster', { header: { ...HEADER, cluster_id: '7' }, members: [MEMBER] }],
  ])('asks the next member for the list when one %s', async (_, list) => {
    const second = { ...HEADER, member_id: '5' }
    const members = [MEMBER, { ...MEMBER, ID: '5', name: 'beta' }]
    const first = await imitate(STATUS, list)
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

  it.each([
    [grpc.status.UNAUTHENTICATED, 'etcdserver: invalid auth token'],
    [grpc.status.UNKNOWN, 'auth: revision of auth store is old'],
    [grpc.status.INVALID_ARGUMENT, 'etcdserver: user name is empty'],
  ])('ET7 is asked again after one login when it answers %s %s', async (code, details) => {
    let answers = 0
    const once = () => (answers++ === 0 ? { code, details } : STATUS)
    const url = await imitate(once, { header: HEADER, members: [MEMBER] })
    await using client = openClient({ endpoints: [url], username: 'monitor', password: toSecret('right') })
    const { endpoints } = await client.view(FRESH)
    expect(endpoints[0]?.failure).toBeUndefined()
    expect(answers).toBe(2)
  })

  it.each([
    ['answers without one', STATUS, undefined],
    [
      'wants one',
      { code: grpc.status.INVALID_ARGUMENT, details: 'etcdserver: user name is empty' },
      { kind: 'learner', stage: 'ready' },
    ],
  ])(
    'ET21 is asked without a token when it is a learner, which gives none: it %s',
    async (_, status, failure) => {
      const auth = { code: grpc.status.UNAVAILABLE, details: 'etcdserver: rpc not supported for learner' }
      const url = await imitate(status, { header: HEADER, members: [MEMBER] }, { auth })
      await using client = openClient({ endpoints: [url], username: 'monitor', password: toSecret('right') })
      const seen = (await client.view(FRESH)).endpoints[0]?.failure
      if (failure) expect(seen).toMatchObject(failure)
      else expect(seen).toBeUndefined()
    },
  )

  it('is not said to refuse the password when it refuses the token that it gave', async () => {
    const refused = { code: grpc.status.UNAUTHENTICATED, details: 'etcdserver: invalid auth token' }
    let calls = 0
    const onCall = () => {
      calls += 1
    }
    const url = await imitate(refused, refused, { onCall })
    await using client = openClient({ endpoints: [url], username: 'monitor', password: toSecret('right') })
    const { endpoints } = await client.view(FRESH)
    expect(endpoints[0]?.failure).toMatchObject({
      kind: 'auth_failed',
      message: 'etcd refuses the user "monitor": etcdserver: invalid auth token',
    })
    expect(calls).toBe(4) // Authenticate and Status, twice
  })

  it('is asked again no sooner for a list that it does not have', async () => {
    let calls = 0
    const broken = { code: grpc.status.INTERNAL, details: 'broken' }
    const onCall = () => {
      calls += 1
    }
    const url = await imitate(STATUS, broken, { onCall })
    await using client = openClient({ endpoints: [url] })
    expect((await client.view()).stale).toBe(true)
    expect(calls).toBe(2)
    await client.view()
    expect(calls).toBe(2)
    await client.view({ maxAge: 0 })
    expect(calls).toBe(4)
  })

  it('says why the last address of a member is not reached that can be dialled at all', async () => {
    const clientURLs = ['http://127.0.0.1:1', 'unix:///run/etcd.sock']
    const members = [MEMBER, { ...MEMBER, ID: '5', name: 'beta', clientURLs }]
    const url = await imitate(STATUS, { header: HEADER, members })
    await using client = openClient({ endpoints: [url] })
    const view = await client.view(FRESH)
    const seen = view.members.find(({ id }) => id === '5')?.failure
    expect(seen).toMatchObject({ kind: 'refused', endpoint: 'http://127.0.0.1:1' })
    const error = await client.status('5').catch((thrown: unknown) => thrown)
    expect(failureIn(error)).toMatchObject({ kind: 'refused', endpoint: 'http://127.0.0.1:1' })
  })

  it('has no leases when its answer names no member, or another cluster', async () => {
    for (const header of [null, { ...HEADER, cluster_id: '7' }]) {
      const list = { header: HEADER, members: [MEMBER] }
      const url = await imitate(STATUS, list, { leases: { header, leases: [{ ID: '1' }] } })
      await using client = openClient({ endpoints: [url] })
      await client.view(FRESH)
      await expect(client.leaseCount(HEADER.member_id)).rejects.toMatchObject({ code: 'member_unreachable' })
    }
  })

  it('answers each call to one member for that member alone', async () => {
    const url = await imitate(STATUS, { header: HEADER, members: [MEMBER] })
    await using client = openClient({ endpoints: [url] })
    await client.view(FRESH)
    await expect(client.leaseCount(HEADER.member_id)).rejects.toMatchObject({ code: 'not_supported' })
  })
})
