import { anIntent, SUCCEEDED } from '@etcdmonitor/core/contracts/audit-entries'
import { AppError } from '@etcdmonitor/core/errors'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type ApiRig, bearer, NOW, openApi } from '../../api-rig.contract.ts'
import { type AuditApi, LIST, openAuditApi } from './audit-api.contract.ts'

let api: AuditApi['api']
let token: string
let get: AuditApi['get']
let put: AuditApi['put']
beforeEach(async () => {
  ;({ api, token, get, put } = await openAuditApi())
})

const targets = async (query: string): Promise<string[]> =>
  (await get(query)).json.entries.map(({ target }: { target: string }) => target)

it('lists entries as they are documented', async () => {
  await api.deps.state.audit.intent(anIntent('A', { requestId: 'REQUEST', clusterId: '10', runId: 'RUN' }))
  const entry = {
    id: expect.any(Number),
    timestamp: NOW / 1_000,
    username: 'admin',
    operation: 'put',
    target: '/cfg/A',
    params: '{"ttl":0}',
    result: '',
    duration_ms: 0,
    success: false,
    outcome: 'pending',
    code: '',
    address: '192.0.2.1',
    request_id: 'REQUEST',
    run_id: 'RUN',
    cluster_id: '10',
    count: 1,
  }
  const { status, json } = await get('?operation=put')
  expect(status).toBe(200)
  expect(json).toEqual({ entries: [entry], total: 1, page: 1, page_size: 20, next_cursor: null })
  await api.deps.state.audit.outcome('A', SUCCEEDED)
  const done = { ...entry, result: 'ok', duration_ms: 14, success: true, outcome: 'succeeded' }
  expect((await get('?operation=put')).json.entries).toEqual([done])
})

it('tells locks of accounts from those of names that strangers invent', async () => {
  const lock = (username: string) =>
    put(username, { operation: 'login_lockout', class: 'failure', username, target: username })
  await lock('admin')
  await lock('invented')
  expect(await targets('?operation=login_lockout')).toEqual(['invented', 'admin'])
  expect(await targets('?operation=login_lockout&account=true&page_size=1')).toEqual(['admin'])
  expect(await targets('?operation=login_lockout&account=false')).toEqual(['invented'])
})

it.each([
  ['O29', 'page=0', '/page', 'out_of_range'],
  ['O29', 'page=-1', '/page', 'invalid_format'],
  ['O29', 'page=abc', '/page', 'invalid_format'],
  ['O29', 'page_size=0', '/page_size', 'out_of_range'],
  ['O29', 'page_size=x', '/page_size', 'invalid_format'],
  ['O29', 'page=1000000', '/page', 'out_of_range'],
  ['O29', 'page=101&page_size=1000', '/page', 'out_of_range'],
  ['O31', 'operation=x', '/operation', 'not_allowed_value'],
  ['O31', "operation=' OR 1=1", '/operation', 'not_allowed_value'],
  ['O31', 'from=2&to=2', '/from', 'out_of_range'],
  ['O31', `q=${'x'.repeat(129)}`, '/q', 'too_long'],
  ['O31', 'cursor=MQ&page=1', '/page', 'not_together'],
  ['', `username=${'x'.repeat(65)}`, '/username', 'too_long'],
  ['', 'success=1', '/success', 'not_allowed_value'],
  ['', 'from=-1', '/from', 'invalid_format'],
  ['', 'to=99999999999999999999', '/to', 'out_of_range'],
  ['', 'cursor=*', '/cursor', 'invalid_cursor'],
  ['', 'cursor=1-0011223344556677', '/cursor', 'invalid_cursor'],
  ['', 'sort=id', '/sort', 'unknown_parameter'],
])('%s refuses %s', async (_row, query, pointer, code) => {
  expect(await get(`?${query}`)).toMatchObject({
    status: 400,
    json: { code: 'validation_failed', errors: [{ in: 'query', pointer, code }] },
  })
})

it('O31 names the operations that there are', async () => {
  const { json } = await get('?operation=x')
  expect(json.error).toMatch(/^operation: "x" is not one of login, login_lockout, .*, access_refused$/)
})

it('O30 reduces a page size beyond 1,000 and says so, and takes an empty operation for none', async () => {
  await put('A')
  expect(await get('?page_size=10000&operation=')).toMatchObject({
    status: 200,
    json: { page_size: 1_000, total: 2 },
  })
})

it('O32 looks for %, _ and quotes as they are', async () => {
  await put('A', { target: '/100%' })
  await put('B', { target: '/a_b' })
  await put('C', { target: "/it's" })
  expect(await targets('?q=%25')).toEqual(['/100%'])
  expect(await targets('?q=_')).toEqual(['/a_b'])
  expect(await targets("?q='")).toEqual(["/it's"])
  expect(await targets('?q=%00')).toEqual([])
  expect(await targets(`?q=${encodeURIComponent('😀'.repeat(128))}`)).toEqual([])
})

it('filters by name, success and time', async () => {
  await put('A')
  await api.clock.advance(5_000)
  await api.deps.state.audit.intent(anIntent('B', { username: 'carol' }))
  expect(await targets('?username=carol')).toEqual(['/cfg/B'])
  expect(await targets('?success=false&operation=put')).toEqual(['/cfg/B'])
  expect(await targets(`?to=${NOW / 1_000 + 5}&operation=put`)).toEqual(['/cfg/A'])
  expect(await targets(`?from=${NOW / 1_000 + 5}&operation=put`)).toEqual(['/cfg/B'])
})

it('O33 goes on by cursor while entries are added: none twice, none missed', async () => {
  for (const opId of ['A', 'B', 'C', 'D', 'E']) await put(opId)
  const first = await get('?page_size=2&operation=put')
  await put('F')
  const second = await get(`?page_size=2&operation=put&cursor=${first.json.next_cursor}`)
  await put('G')
  const third = await get(`?page_size=2&operation=put&cursor=${second.json.next_cursor}`)
  const pages = [first, second, third].map(({ json }) =>
    json.entries.map((one: { target: string }) => one.target),
  )
  expect(pages).toEqual([['/cfg/E', '/cfg/D'], ['/cfg/C', '/cfg/B'], ['/cfg/A']])
  expect(second.json).toEqual({
    entries: expect.any(Array),
    page_size: 2,
    next_cursor: expect.any(String),
  })
  expect(third.json.next_cursor).toBeNull()
})

it('refuses a cursor of another filter or page size', async () => {
  for (const opId of ['A', 'B', 'C']) await put(opId)
  const { json } = await get('?page_size=2&operation=put')
  for (const query of ['page_size=1&operation=put', 'page_size=2', 'page_size=2&operation=put&q=a'])
    expect(await get(`?${query}&cursor=${json.next_cursor}`), query).toMatchObject({
      status: 400,
      json: { errors: [{ code: 'invalid_cursor' }] },
    })
  expect((await get(`?operation=put&page_size=2&cursor=${json.next_cursor}`)).json.entries).toHaveLength(1)
})

it('gives the pages by number', async () => {
  for (const opId of ['A', 'B', 'C']) await put(opId)
  expect((await get('?operation=put&page=2&page_size=2')).json).toMatchObject({
    entries: [{ target: '/cfg/A' }],
    total: 3,
    page: 2,
    next_cursor: null,
  })
})

it('needs a session, and a store that answers', async () => {
  expect((await api.get(LIST)).status).toBe(401)
  vi.spyOn(api.deps.state.audit, 'page').mockRejectedValue(new AppError('auth_store_unavailable', 'away'))
  expect(await get()).toMatchObject({ status: 503, json: { code: 'auth_store_unavailable' } })
})

describe('O4 with operations switched off', () => {
  let off: ApiRig
  beforeEach(async () => {
    off = await openApi({ state: api.deps.state, keys: api.deps.keys, settings: { isOpsOn: false } })
  })
  const recorded = async () =>
    (await api.deps.state.audit.page({}, { size: 10 })).entries
      .filter(({ verdict }) => verdict === 'refused')
      .map(({ operation, target, username, code }) => [operation, target, username, code])

  it('refuses list and export before it reads the query, and records that', async () => {
    for (const path of [LIST, `${LIST}?page=0`, `${LIST}/export`])
      expect(await off.get(path, token), path).toMatchObject({ status: 403, json: { code: 'ops_disabled' } })
    expect(await off.send(LIST, { method: 'HEAD', headers: bearer(token) })).toMatchObject({ status: 403 })
    expect(await recorded()).toEqual([
      ['access_refused', LIST, 'admin', 'ops_disabled'],
      ['audit_export', `${LIST}/export`, 'admin', 'ops_disabled'],
      ['access_refused', LIST, 'admin', 'ops_disabled'],
      ['access_refused', LIST, 'admin', 'ops_disabled'],
    ])
  })

  it('asks for a session first, and knows what there is not', async () => {
    expect((await off.get(LIST)).status).toBe(401)
    expect((await off.get('/api/ops/nothing', token)).status).toBe(404)
    expect((await off.send(LIST, { method: 'POST', headers: bearer(token) })).status).toBe(405)
    expect(await recorded()).toEqual([])
  })
})
