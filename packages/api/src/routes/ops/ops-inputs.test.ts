import { memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { beforeEach, describe, expect, it } from 'vitest'
import { bearer } from '../../api-rig.contract.ts'
import { type OpsApi, openOpsApi, refusal, SHORT_LIMITS } from '../../ops-rig.contract.ts'

const MEMBERS = [
  { id: '10', name: 'alpha' },
  { id: '20', name: 'beta' },
  { id: '30', name: 'gamma' },
  { id: '40', name: 'delta', isLearner: true },
]

const limits = { ...SHORT_LIMITS, roundPause: 1 }
let etcd: ReturnType<typeof memoryEtcdCluster>
let api: OpsApi

const openMemory = async (): Promise<void> => {
  etcd = memoryEtcdCluster({ clock: systemClock, members: MEMBERS })
  api = await openOpsApi({ etcd, limits })
}

const changes = () =>
  etcd
    .calls()
    .map(({ method }) => method)
    .filter((method) =>
      ['defragment', 'compact', 'disarm', 'moveLeader', 'snapshot', 'hashKv'].includes(method),
    )

const many = Array.from({ length: 65 }, (_, index) => String(index + 1))
const ULID = '01JD8Z6Q4T0W3V5K7M9N1P2R3S'

/** Row, path, body, status, code, and the code of the item where there is one. */
const POSTS: readonly (readonly [
  row: string,
  path: string,
  body: unknown,
  status: number,
  code: string,
  item?: string,
])[] = [
  ['O1', 'defragment', {}, 400, 'validation_failed', 'required'],
  ['O1', 'defragment', { member_id: null }, 400, 'validation_failed', 'wrong_type'],
  ['O1', 'defragment', { member_id: 10 }, 400, 'validation_failed', 'wrong_type'],
  ['O1', 'defragment', { member_id: 'x' }, 400, 'validation_failed', 'invalid_format'],
  ['O1', 'defragment', { member_id: '10', member_ids: ['10'] }, 400, 'validation_failed', 'exactly_one_of'],
  ['O1', 'defragment', { member_ids: [] }, 400, 'validation_failed'],
  ['O1', 'defragment', { member_ids: many }, 400, 'validation_failed'],
  ['O1', 'defragment', { member_ids: ['10', '10'] }, 400, 'validation_failed'],
  ['8.2', 'defragment', { member_id: '10', move_leader: true }, 400, 'validation_failed', 'not_together'],
  [
    '8.2',
    'defragment',
    { member_ids: 'all', min_reclaim_bytes: -1 },
    400,
    'validation_failed',
    'out_of_range',
  ],
  ['O2', 'defragment', { member_id: '99' }, 404, 'member_not_found'],
  ['O2', 'defragment', { member_ids: ['10', '99'] }, 404, 'member_not_found'],
  ['O2 O37', 'snapshot/ticket', { member_id: '99' }, 404, 'member_not_found'],
  ['O2', 'alarms/disarm', { member_id: '99', alarm_type: 'NOSPACE' }, 404, 'member_not_found'],
  ['O2', 'move-leader', { target_member_id: '99' }, 404, 'member_not_found'],
  ['O6', 'compact?wait=26', { retain_count: 1 }, 400, 'validation_failed', 'out_of_range'],
  ['O6', 'compact?wait=-1', { retain_count: 1 }, 400, 'validation_failed', 'invalid_format'],
  ['O6', 'hashkv?wait=x', undefined, 400, 'validation_failed', 'invalid_format'],
  [
    'O15',
    'alarms/disarm',
    { member_id: '10', alarm_type: 'nospace' },
    400,
    'validation_failed',
    'not_allowed_value',
  ],
  [
    'O15',
    'alarms/disarm',
    { member_id: '10', alarm_type: 'X' },
    400,
    'validation_failed',
    'not_allowed_value',
  ],
  ['O15', 'alarms/disarm', { member_id: '10' }, 400, 'validation_failed', 'required'],
  [
    'O15',
    'alarms/disarm',
    { member_id: '10', alarm_type: 'NONE' },
    400,
    'validation_failed',
    'not_allowed_value',
  ],
  [
    'O15',
    'alarms/disarm',
    { member_id: '10', alarm_type: '' },
    400,
    'validation_failed',
    'not_allowed_value',
  ],
  [
    'O16',
    'alarms/disarm',
    { member_id: 'abc', alarm_type: 'NOSPACE' },
    400,
    'validation_failed',
    'invalid_format',
  ],
  ['O16', 'alarms/disarm', { alarm_type: 'NOSPACE' }, 400, 'validation_failed', 'required'],
  [
    'O16',
    'alarms/disarm',
    { member_id: '0', alarm_type: 'NOSPACE' },
    400,
    'validation_failed',
    'not_allowed_value',
  ],
  ['O17', 'alarms/disarm', { member_id: '10', alarm_type: 'NOSPACE' }, 404, 'alarm_not_found'],
  ['O17', 'alarms/disarm', { member_id: '0', alarm_type: 'CORRUPT' }, 404, 'alarm_not_found'],
  ['O18', 'move-leader', { target_member_id: '10' }, 409, 'already_leader'],
  ['O18', 'move-leader', { target_member_id: '40' }, 409, 'not_a_voter'],
  ['O21', 'compact', {}, 400, 'validation_failed', 'required'],
  ['O21', 'compact', { retain_count: 0 }, 400, 'validation_failed', 'out_of_range'],
  ['O21', 'compact', { retain_count: -1 }, 400, 'validation_failed', 'out_of_range'],
  ['O21', 'compact', { retain_count: 1.5 }, 400, 'validation_failed'],
  ['O21', 'compact', { retain_count: '10' }, 400, 'validation_failed', 'wrong_type'],
  ['O21', 'compact', { retain_count: 2 ** 53 }, 400, 'validation_failed'],
  ['O21', 'compact', { retain_count: null }, 400, 'validation_failed', 'wrong_type'],
  ['O22', 'compact', { retain_count: 1_000_000 }, 400, 'nothing_to_compact'],
  ['O23', 'compact', { retain_count: 1, physical: 'true' }, 400, 'validation_failed', 'wrong_type'],
  ['O23', 'compact', { retain_count: 1, physical: 1 }, 400, 'validation_failed', 'wrong_type'],
  ['RU9', 'compact', { retain_count: 1, plan_token: 'forged' }, 400, 'validation_failed', 'invalid_format'],
  [
    'RU9',
    'compact',
    { retain_count: 1, plan_token: 'x'.repeat(4_097) },
    400,
    'validation_failed',
    'too_long',
  ],
  ['G23', 'defragment', { member_id: '10', role: 'root' }, 400, 'validation_failed', 'unknown_member'],
  ['O27', `runs/${ULID}/cancel`, undefined, 404, 'run_not_found'],
  ['OP6', 'defragment', { member_id: '40' }, 409, 'health_gate_failed'],
]

const GETS: readonly (readonly [row: string, path: string, status: number, code: string, item?: string])[] = [
  ['O10', 'snapshot?member_id=99', 404, 'member_not_found'],
  ['O10', 'snapshot?member_id=1%22%0D%0AX-Evil:%201', 400, 'validation_failed', 'invalid_format'],
  ['O14', 'snapshot?ticket=forged', 401, 'unauthenticated'],
  ['O26', 'runs?limit=0', 400, 'validation_failed', 'out_of_range'],
  ['O26', 'runs?limit=201', 400, 'validation_failed', 'out_of_range'],
  ['O26', `runs?cursor=${ULID}-0123456789abcdef`, 400, 'validation_failed', 'invalid_cursor'],
  ['O26', 'runs?state=x', 400, 'validation_failed', 'not_allowed_value'],
  ['8.8', 'runs?from=5&to=5', 400, 'validation_failed', 'out_of_range'],
  ['O27', 'runs/x', 404, 'run_not_found'],
  ['O27', `runs/${ULID}`, 404, 'run_not_found'],
  ['O27', 'runs/..', 404, 'not_found'],
  ['1.1', `runs/${ULID}/`, 404, 'not_found'],
  ['G9', 'compact', 405, 'method_not_allowed'],
  ['G9', `runs/${ULID}/cancel`, 405, 'method_not_allowed'],
]

const itemOf = ({ json }: { readonly json: { readonly errors?: readonly { readonly code: string }[] } }) =>
  json.errors?.[0]?.code

describe('requests that are wrong', () => {
  beforeEach(() => openMemory())

  it.each(POSTS)('%s POST %s %j is %i %s %s', async (_, path, body, status, code, item) => {
    const answer = await api.post(`/api/ops/${path}`, body)
    expect(refusal(answer)).toEqual([status, code])
    if (item !== undefined) expect(itemOf(answer)).toBe(item)
    expect(changes()).toEqual([])
  })

  it.each(GETS)('%s GET %s is %i %s %s', async (_, path, status, code, item) => {
    const answer = await api.get(`/api/ops/${path}`)
    expect(refusal(answer)).toEqual([status, code])
    if (item !== undefined) expect(itemOf(answer)).toBe(item)
    expect(changes()).toEqual([])
  })

  it('O1 O21 says what is missing', async () => {
    expect((await api.post('/api/ops/defragment', {})).json.error).toBe('member_id is required')
    expect((await api.post('/api/ops/compact', {})).json.error).toBe(
      'retain_count must be a positive integer',
    )
  })
})

describe('O4 with operations switched off', () => {
  beforeEach(async () => {
    etcd = memoryEtcdCluster({ clock: systemClock, members: MEMBERS })
    api = await openOpsApi({ etcd, settings: { isOpsOn: false } })
  })

  const ROUTES = [
    ['GET', 'alarms', 'access_refused'],
    ['GET', 'rescue', 'access_refused'],
    ['GET', 'runs', 'access_refused'],
    ['GET', `runs/${ULID}`, 'access_refused'],
    ['GET', 'compact/revision', 'access_refused'],
    ['GET', 'snapshot', 'snapshot'],
    ['POST', 'alarms/disarm', 'alarm_disarm'],
    ['POST', 'compact', 'compact'],
    ['POST', 'defragment', 'defragment'],
    ['POST', 'hashkv', 'hashkv'],
    ['POST', 'move-leader', 'move_leader'],
    ['POST', 'snapshot/ticket', 'snapshot_ticket'],
    ['POST', `runs/${ULID}/cancel`, 'run_cancel'],
  ] as const

  it.each(ROUTES)('%s %s is refused, and recorded as %s', async (method, path, operation) => {
    const url = `/api/ops/${path}`
    const answer = await api.send(url, { method, headers: bearer(api.token) })
    expect(refusal(answer)).toEqual([403, 'ops_disabled'])
    expect(refusal(await api.send(url, { method }))).toEqual([401, 'unauthenticated'])
    expect((await api.entries()).at(-1)).toBe(`${operation} refused ops_disabled`)
  })

  it('knows no other path', async () => {
    expect(refusal(await api.get('/api/ops/other'))).toEqual([404, 'not_found'])
  })
})
