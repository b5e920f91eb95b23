import { memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { beforeEach, describe, expect, it } from 'vitest'
import { bearer, JSON_TYPE } from '../../api-rig.contract.ts'
import { type OpsApi, openOpsApi, refusal, SHORT_LIMITS } from '../../ops-rig.contract.ts'

const MEMBERS = [
  { id: '10', name: 'alpha' },
  { id: '20', name: 'beta' },
  { id: '30', name: 'gamma' },
]
const ULID = '01JD8Z6Q4T0W3V5K7M9N1P2R3S'
const HUGE = 2 ** 53
const MANY = Array.from({ length: 65 }, (_, at) => String(at + 1))

/** What a field does not take, and the code of its item. */
type Wrong = readonly (readonly [value: unknown, item: string])[]

const types = (...values: unknown[]): Wrong => values.map((value) => [value, 'wrong_type'])
const ID: Wrong = [
  ...types(10, null, true, ['10'], {}),
  ...['', 'x', '-1', '1.5', '010', ' 10', '18446744073709551616', '9'.repeat(64)].map(
    (value) => [value, 'invalid_format'] as const,
  ),
]
const PLAN: Readonly<Record<string, Wrong>> = {
  dry_run: types('true', 1, null),
  plan_token: [
    ...types(1, null, {}),
    ['x'.repeat(4_097), 'too_long'],
    ['forged', 'invalid_format'],
    ['', 'invalid_format'],
  ],
}
/** An empty one is none. */
const WAIT: readonly string[] = ['26', '-1', '1.5', 'x', ' 1', '0x1', '1e1']

interface Post {
  readonly path: string
  /** One that is taken. */
  readonly body?: Readonly<Record<string, unknown>>
  readonly required?: readonly string[]
  readonly fields?: Readonly<Record<string, Wrong>>
  readonly waits?: boolean
}

/** Every body of api.md 8, field by field. */
const POSTS: readonly Post[] = [
  {
    ...{ path: 'defragment', body: { member_ids: ['20'] }, required: ['member_ids'], waits: true },
    fields: {
      ...PLAN,
      member_ids: [
        [[], 'out_of_range'],
        [['10', '10'], 'not_allowed_value'],
        ...[null, 10, true, 'ALL', '', ['x'], [10], MANY].map((value) => [value, 'invalid_format'] as const),
      ],
      move_leader: types('true', 1, null),
      min_reclaim_bytes: [
        ...types('1', null, true),
        [-1, 'out_of_range'],
        [1.5, 'wrong_type'],
        [HUGE, 'out_of_range'],
      ],
    },
  },
  {
    ...{ path: 'defragment', body: { member_id: '20' }, required: ['member_id'], waits: true },
    fields: {
      ...PLAN,
      member_id: ID,
      member_ids: [['all', 'exactly_one_of']],
      min_reclaim_bytes: [[1, 'not_together']],
    },
  },
  { path: 'snapshot/ticket', body: { member_id: '20' }, fields: { member_id: ID } },
  {
    ...{ path: 'alarms/disarm', body: { member_id: '10', alarm_type: 'NOSPACE' }, waits: true },
    required: ['member_id', 'alarm_type'],
    fields: {
      ...PLAN,
      member_id: [...ID, ['0', 'not_allowed_value']],
      alarm_type: [
        ...types(1, null, []),
        ...['', 'nospace', 'NONE', 'X', 'AlarmType_', 'AlarmType_X', 'AlarmType_AlarmType_NOSPACE'].map(
          (value) => [value, 'not_allowed_value'] as const,
        ),
      ],
    },
  },
  {
    ...{ path: 'move-leader', body: { target_member_id: '20' }, required: ['target_member_id'], waits: true },
    fields: { ...PLAN, target_member_id: ID },
  },
  { path: 'hashkv', waits: true },
  {
    ...{ path: 'compact', body: { retain_count: 1 }, required: ['retain_count'], waits: true },
    fields: {
      ...PLAN,
      retain_count: [
        ...types('10', null, true, []),
        [0, 'out_of_range'],
        [-1, 'out_of_range'],
        [1.5, 'wrong_type'],
        [HUGE, 'out_of_range'],
      ],
      physical: types('true', 1, null),
    },
  },
  { path: `runs/${ULID}/cancel` },
]

/** Every query of api.md 8 but that of the audit log, which has its own; `unknown` of each of them too. */
const GETS: readonly (readonly [path: string, query: readonly (readonly [query: string, item: string])[]])[] =
  [
    [
      'snapshot',
      ID.flatMap(([value]) =>
        typeof value === 'string' && value !== ''
          ? [[`member_id=${encodeURIComponent(value)}`, 'invalid_format'] as const]
          : [],
      ),
    ],
    ['snapshot', [['wait=1', 'unknown_parameter']]],
    ['alarms', []],
    ['compact/revision', []],
    ['rescue', []],
    [`runs/${ULID}`, []],
    [
      'runs',
      [
        ...['0', '201', '1000'].map((limit) => [`limit=${limit}`, 'out_of_range'] as const),
        ...['x', '-1', '1.5'].map((limit) => [`limit=${limit}`, 'invalid_format'] as const),
        ...['x', 'login', 'DEFRAGMENT'].map((name) => [`operation=${name}`, 'not_allowed_value'] as const),
        ...['x', 'done'].map((name) => [`state=${name}`, 'not_allowed_value'] as const),
        ...['x', `${ULID}-0123456789abcdef`].map((text) => [`cursor=${text}`, 'invalid_cursor'] as const),
        ...['x', '-1', '1.5'].map((at) => [`from=${at}`, 'invalid_format'] as const),
        ...['x', '-1', '1.5'].map((at) => [`to=${at}`, 'invalid_format'] as const),
        ['from=6&to=5', 'out_of_range'],
        ['from=5&to=5', 'out_of_range'],
      ],
    ],
  ]

let etcd: ReturnType<typeof memoryEtcdCluster>
let api: OpsApi
const changes = () =>
  etcd.calls().filter(({ method }) => /^(defragment|compact|disarm|moveLeader|snapshot|hashKv)$/.test(method))

const open = async () => {
  etcd = memoryEtcdCluster({ clock: systemClock, members: MEMBERS })
  api = await openOpsApi({ etcd, limits: { ...SHORT_LIMITS, roundPause: 1 } })
}
const itemsOf = ({ json }: { readonly json: { readonly errors?: readonly { readonly code: string }[] } }) =>
  json.errors?.map(({ code }) => code) ?? []

describe.each(POSTS)('POST $path with $body', ({ path, body, required = [], fields = {}, waits }) => {
  beforeEach(open)
  const post = (given: unknown, query = '') => api.post(`/api/ops/${path}${query}`, given)
  const sendRaw = (text: string, type = 'application/json') =>
    api.send(`/api/ops/${path}`, {
      ...{ method: 'POST', headers: { ...bearer(api.token), 'content-type': type }, body: text },
    })

  it.each(Object.entries(fields))('refuses what %s does not take', async (field, wrong) => {
    for (const [value, item] of wrong) {
      const answer = await post({ ...body, [field]: value })
      const asked = JSON.stringify(value).slice(0, 60)
      expect.soft(refusal(answer), asked).toEqual([400, 'validation_failed'])
      expect.soft(itemsOf(answer), asked).toContain(item)
    }
    expect(changes()).toEqual([])
  })

  it.each(required)('wants %s', async (field) => {
    const { [field]: _, ...rest } = body ?? {}
    const answer = await post(rest)
    expect(refusal(answer)).toEqual([400, 'validation_failed'])
    expect(itemsOf(answer)).toContain('required')
  })

  it('takes one object in JSON alone, with nothing else in it, or looks at no body', async () => {
    if (!body) {
      expect((await sendRaw(`{"x":"${'x'.repeat(3_000_000)}"}`)).status).toBe(413)
      return
    }
    expect(refusal(await post({ ...body, role: 'root' }))).toEqual([400, 'validation_failed'])
    for (const given of [[body], 'x', 1, null]) expect((await post(given)).status).toBe(400)
    expect(refusal(await sendRaw(''))).toEqual([400, 'malformed_json'])
    expect(refusal(await sendRaw('{"member_id":"20"'))).toEqual([400, 'malformed_json'])
    expect(refusal(await sendRaw('{"dry_run":true,"dry_run":false}'))).toEqual([400, 'malformed_json'])
    expect(refusal(await sendRaw('{"__proto__":{"dry_run":true}}'))).toEqual([400, 'malformed_json'])
    expect(refusal(await sendRaw(JSON.stringify(body), 'text/plain'))).toEqual([
      415,
      'unsupported_media_type',
    ])
    expect(refusal(await sendRaw(`{"x":"${'x'.repeat(3_000_000)}"}`))).toEqual([413, 'payload_too_large'])
    expect(changes()).toEqual([])
  })

  it('waits only as long as it can, where it waits', async () => {
    for (const wait of WAIT) {
      const answer = await post(body, `?wait=${encodeURIComponent(wait)}`)
      expect.soft(refusal(answer), wait).toEqual([400, 'validation_failed'])
    }
    expect(changes()).toEqual([])
  })

  it('knows no other parameter, and none twice', async () => {
    const answer = await post(body, '?unknown=1')
    expect([answer.status, itemsOf(answer)]).toEqual([400, ['unknown_parameter']])
    if (!waits) expect(itemsOf(await post(body, '?wait=1'))).toEqual(['unknown_parameter'])
    else expect(refusal(await post(body, '?wait=1&wait=1'))).toEqual([400, 'malformed_request'])
    expect(changes()).toEqual([])
  })

  it('is served to POST alone', async () => {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
      expect(
        (await api.send(`/api/ops/${path}`, { method, headers: bearer(api.token) })).status,
        method,
      ).toBe(405)
  })
})

it.each(GETS)('GET %s refuses what it does not take', async (path, queries) => {
  await open()
  for (const [query, item] of [...queries, ['unknown=1', 'unknown_parameter'] as const]) {
    const answer = await api.get(`/api/ops/${path}?${query}`)
    expect.soft(refusal(answer), query).toEqual([400, 'validation_failed'])
    expect.soft(itemsOf(answer), query).toContain(item)
  }
  for (const method of ['PUT', 'PATCH', 'DELETE']) {
    const headers = { ...bearer(api.token), ...JSON_TYPE }
    expect.soft((await api.send(`/api/ops/${path}`, { method, headers })).status, method).toBe(405)
  }
  expect(changes()).toEqual([])
})

it('O18 O25 O28 has one answer more for each of these', async () => {
  await open()
  etcd.setAlarms([{ memberId: '10', type: 'NOSPACE' }])
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>()
  api = await openOpsApi({ etcd: { ...etcd, defragment: () => answered }, limits: SHORT_LIMITS })
  const { run_id: id } = (await api.post('/api/ops/defragment?wait=0', { member_ids: 'all' })).json
  const body = { member_id: '10', alarm_type: 'NOSPACE' }
  expect((await api.post('/api/ops/alarms/disarm', { ...body, dry_run: true })).json).toMatchObject({
    ...{ dry_run: true, allowed: false, blockers: [{ code: 'operation_in_progress' }] },
  })
  expect(refusal(await api.post('/api/ops/alarms/disarm', body))).toEqual([409, 'operation_in_progress'])
  for (const _ of [1, 2])
    expect(await api.post(`/api/ops/runs/${id}/cancel`)).toMatchObject({
      status: 202,
      json: { cancel_requested: true },
    })
  answer()
  expect((await api.untilEnded(id)).state).toBe('cancelled')
  const alone = memoryEtcdCluster({ clock: systemClock, members: [{ id: '10', name: 'alone' }] })
  api = await openOpsApi({ etcd: alone, limits: SHORT_LIMITS })
  expect(refusal(await api.post('/api/ops/move-leader', { target_member_id: '10' }))).toEqual([
    409,
    'single_member',
  ])
})
