import { failureIn } from '@etcdmonitor/core/etcd/fail-call'
import * as grpc from '@grpc/grpc-js'
import { expect, it } from 'vitest'
import { type Answer, always, HEADER, imitateEtcd, MEMBER, type Reply } from '../imitate-etcd.contract.ts'
import type { Impostor } from '../impostor.contract.ts'
import { FRESH, openClient } from '../open-client.contract.ts'

const [ALPHA, BETA] = ['18446744073709551615', '9007199254740993']
const NOT_LEADER = { code: grpc.status.FAILED_PRECONDITION, details: 'etcdserver: not leader' }

/** Two members that say who leads as told, and answer calls of operations so. */
async function imitatePair(
  answers: Partial<Record<'MoveLeader' | 'HashKV' | 'Defragment' | 'Alarm', Answer>>,
) {
  const asked: string[] = []
  let leader = ALPHA
  const members = [ALPHA, BETA].map((ID, index) => ({ ...MEMBER, ID, name: `m${index}` }))
  const start = (id: string): Promise<Impostor> => {
    const header = { ...HEADER, member_id: id }
    const methods = Object.entries(answers).map(([method, answer]) => {
      const note = (): Reply => {
        asked.push(`${method} ${id}`)
        return typeof answer === 'function' ? answer() : answer
      }
      return [method, always(note)] as const
    })
    return imitateEtcd({
      Maintenance: {
        Status: always(() => ({ header, version: '3.5.30', leader, raftTerm: '2' })),
        ...Object.fromEntries(methods),
      },
      Cluster: { MemberList: always({ header, members }) },
    })
  }
  const servers = [await start(ALPHA), await start(BETA)]
  const client = openClient({ endpoints: servers.map(({ url }) => url) })
  await client.view(FRESH)
  return {
    client,
    asked,
    lead: (id: string) => {
      leader = id
    },
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]()
      for (const server of servers) await server[Symbol.asyncDispose]()
    },
  }
}

it('asks who leads once more when the leader says that it is none any more', async () => {
  const replies: Reply[] = [NOT_LEADER, { header: HEADER }]
  await using pair = await imitatePair({
    MoveLeader() {
      pair.lead(BETA)
      return replies.shift() ?? NOT_LEADER
    },
  })
  await pair.client.moveLeader(ALPHA)
  expect(pair.asked).toEqual([`MoveLeader ${ALPHA}`, `MoveLeader ${BETA}`])
})

it('sends a move to who leads now, not to who led', async () => {
  await using pair = await imitatePair({ MoveLeader: { header: HEADER } })
  pair.lead(BETA)
  await pair.client.moveLeader(ALPHA)
  expect(pair.asked).toEqual([`MoveLeader ${BETA}`])
})

it('gives up when the leadership moves twice', async () => {
  await using pair = await imitatePair({ MoveLeader: NOT_LEADER })
  const error = await pair.client.moveLeader(BETA).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'etcd_error' })
  expect(failureIn(error)?.kind).toBe('not_leader')
  expect(pair.asked).toHaveLength(2)
})

it('moves nothing while nobody leads', async () => {
  await using pair = await imitatePair({ MoveLeader: { header: HEADER } })
  pair.lead('0')
  await expect(pair.client.moveLeader(BETA)).rejects.toMatchObject({ code: 'no_quorum' })
  expect(pair.asked).toEqual([])
})

it.each([
  ['etcdserver: bad leader transferee', grpc.status.FAILED_PRECONDITION, 'not_a_voter', 'bad_transferee'],
  [
    'etcdserver: request timed out, leader transfer took too long',
    grpc.status.UNAVAILABLE,
    'outcome_unknown',
    'transfer_timeout',
  ],
  ['etcdserver: permission denied', grpc.status.PERMISSION_DENIED, 'permission_denied', 'permission_denied'],
])('says of a move that etcd refuses by "%s" what it is', async (details, code, ours, kind) => {
  await using pair = await imitatePair({ MoveLeader: { code, details } })
  const error = await pair.client.moveLeader(BETA).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: ours })
  expect(failureIn(error)?.kind).toBe(kind)
  expect(pair.asked).toHaveLength(1)
})

it('gives the hash of the chosen member with the revisions it was made of', async () => {
  const reply = {
    header: HEADER,
    hash: 4_294_967_295,
    compact_revision: '9007199254740993',
    hash_revision: '0',
  }
  await using pair = await imitatePair({ HashKV: reply })
  const seen = { memberId: BETA, hash: 4_294_967_295, revision: '7', compactRevision: '9007199254740993' }
  expect(await pair.client.hashKv(BETA, '7')).toEqual(seen)
  expect(pair.asked).toEqual([`HashKV ${BETA}`])
})

it.each([
  ['defrag: write /d/member/snap/db.tmp: no space left on device', 'etcd_error', 'disk_full'],
  ['etcdserver: permission denied', 'permission_denied', 'permission_denied'],
  ['something that nobody knows', 'outcome_unknown', 'unknown'],
])(
  'says of a defragmentation that fails with "%s" what it is, and sends it once',
  async (details, code, kind) => {
    await using pair = await imitatePair({ Defragment: { code: grpc.status.UNKNOWN, details } })
    const error = await pair.client.defragment(BETA).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code })
    expect(failureIn(error)).toMatchObject({ kind, method: 'Maintenance.Defragment', sent: true })
    expect(pair.asked).toEqual([`Defragment ${BETA}`])
  },
)

it('ET30 names alarms of nobody, and those of a type that a later etcd has', async () => {
  const alarms = [
    { memberID: '0', alarm: 'Corrupt' },
    { memberID: ALPHA, alarm: 'Nospace' },
    { memberID: BETA, alarm: 9 },
  ]
  await using pair = await imitatePair({ Alarm: { header: HEADER, alarms } })
  expect(await pair.client.alarms()).toEqual([
    { memberId: '0', type: 'CORRUPT' },
    { memberId: ALPHA, type: 'NOSPACE' },
    { memberId: BETA, type: 'UNKNOWN(9)' },
  ])
})
