import { failureIn } from '@etcdmonitor/core/etcd/fail-call'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { afterKey } from '@etcdmonitor/core/keys/key-range'
import { describe, expect, it } from 'vitest'
import { always, HEADER, imitateEtcd, MEMBER, STATUS, unknownCall } from '../imitate-etcd.contract.ts'
import { FRESH, openClient } from '../open-client.contract.ts'

const range = { from: toUtf8('a'), to: afterKey(toUtf8('a')), limit: 1, values: false, serializable: false }
const KV = { Range: always({ header: HEADER, kvs: [], count: '3', more: false }) }
const NOBODY = { header: { ...HEADER, member_id: '0' }, version: '3.5.13' }

describe('ET33 an endpoint that is no member', () => {
  it.each([
    ['names nobody in its Status', { Maintenance: { Status: always(NOBODY) } }],
    ['has no Status', { Maintenance: { Status: always(unknownCall) } }],
  ])('%s: it is a proxy by which keys are read, and has no members', async (_, services) => {
    await using server = await imitateEtcd({ ...services, KV })
    await using client = openClient({ endpoints: [server.url], interval: 0 })
    const view = await client.view(FRESH)
    expect(view.members).toEqual([])
    expect(view.endpoints).toMatchObject([{ url: server.url, role: 'proxy' }])
    expect(view.endpoints[0]?.failure).toBeUndefined()
    expect((await client.range(range)).count).toBe(3)
    for (const call of [() => client.status('5'), () => client.defragment('5'), () => client.snapshot('5')])
      await expect(call()).rejects.toMatchObject({ code: 'not_supported' })
    const stages = await client.diagnose(server.url)
    expect(stages.at(-1)).toMatchObject({ stage: 'ready', ok: true })
    expect(stages.find(({ stage }) => stage === 'auth')?.detail).toBe(
      'a proxy, or not a full etcd: it answers for keys alone',
    )
  })

  it('serves no keys either: it is not etcd', async () => {
    await using server = await imitateEtcd({ Maintenance: { Status: always(NOBODY) } })
    await using client = openClient({ endpoints: [server.url] })
    const { endpoints } = await client.view(FRESH)
    expect(endpoints).toMatchObject([{ role: 'unknown', failure: { kind: 'not_etcd' } }])
  })

  it.each([
    [
      'lists itself, without an ID',
      { members: [{ ...MEMBER, ID: '0', clientURLs: ['http://proxy:23790'] }] },
    ],
    ['lists proxies', { header: HEADER, members: [{ ...MEMBER, ID: '77', name: 'proxy-0' }] }],
    ['has no list', unknownCall],
  ])('%s: what it passes on is shown, and no single member is asked through it', async (_, list) => {
    let sent = 0
    const counted = always(() => {
      sent += 1
      return { header: HEADER }
    })
    await using server = await imitateEtcd({
      Maintenance: { Status: always(STATUS), Defragment: counted, HashKV: counted, MoveLeader: counted },
      Cluster: { MemberList: always(list) },
      KV,
    })
    await using client = openClient({ endpoints: [server.url], interval: 0 })
    await client.view(FRESH)
    const view = await client.view(FRESH)
    expect(view.endpoints).toMatchObject([{ role: 'proxy', memberId: MEMBER.ID }])
    expect(view.members).toMatchObject([{ id: MEMBER.ID, endpoint: '', status: { serverVersion: '3.5.30' } }])
    expect(view.members[0]?.failure).toBeUndefined()
    expect((await client.range(range)).count).toBe(3)
    for (const call of [
      () => client.defragment(MEMBER.ID),
      () => client.hashKv(MEMBER.ID, '1'),
      () => client.moveLeader('5'),
      () => client.snapshot(MEMBER.ID),
    ]) {
      const error = await call().catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'member_unreachable' })
      expect(failureIn(error)).toMatchObject({ kind: 'wrong_member', sent: false })
      expect((error as Error).message).toBe(
        "a proxy, or not a full etcd, which may lead to any member; add the member's own endpoint to etcd.endpoint",
      )
    }
    expect(sent).toBe(0)
  })

  it('passes each call on to another member: no operation is sent', async () => {
    const other = '9007199254740993'
    let calls = 0
    let sent = 0
    const members = [MEMBER, { ...MEMBER, ID: other, name: 'beta' }]
    await using server = await imitateEtcd({
      Maintenance: {
        // the view and the first look before an operation find the member, the second look another one
        Status: always(() => {
          calls += 1
          return { ...STATUS, header: { ...HEADER, member_id: calls % 3 === 0 ? other : MEMBER.ID } }
        }),
        Defragment: always(() => {
          sent += 1
          return { header: HEADER }
        }),
      },
      Cluster: { MemberList: always({ header: HEADER, members }) },
    })
    await using client = openClient({ endpoints: [server.url] })
    const { members: seen } = await client.view(FRESH)
    // one Status names it, so that it looks like that member's own endpoint
    expect(seen.find(({ id }) => id === MEMBER.ID)?.endpoint).toBe(server.url)
    for (const { id } of seen)
      await expect(client.defragment(id)).rejects.toMatchObject({ code: 'member_unreachable' })
    expect(sent).toBe(0)
    expect((await client.view(FRESH)).endpoints).toMatchObject([{ role: 'balancer' }])
  })
})
