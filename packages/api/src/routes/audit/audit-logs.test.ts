import { anIntent, SUCCEEDED } from '@etcdmonitor/core/contracts/audit-entries'
import { AppError } from '@etcdmonitor/core/errors'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type ApiRig, bearer, NOW, openApi } from '../../api-rig.contract.ts'

const LIST = '/api/ops/audit-logs'

let api: ApiRig
let token: string
beforeEach(async () => {
  api = await openApi()
  await api.addAdmin()
  token = await api.token()
})

const get = (query = '') => api.get(`${LIST}${query}`, token)
const put = (opId: string, over: Parameters<typeof anIntent>[1] = {}) =>
  api.deps.state.audit.event({ ...anIntent(opId, over), ...SUCCEEDED, count: 1 })
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

describe('the export', () => {
  const save = (query = '') => get(`/export${query}`)

  it('is a file of all that match, newest first, with an entry of its own', async () => {
    await put('A', { target: '=1+1' })
    await api.clock.advance(1_000)
    await put('B', { username: 'carol' })
    const { status, headers, text } = await save('?operation=put')
    expect(status).toBe(200)
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="etcdmonitor-audit-20260921-141321.csv"',
      'x-accel-buffering': 'no',
      'cache-control': 'no-store',
    })
    expect(text.split('\r\n').map((row) => row.split('","').slice(0, 4).join(' '))).toEqual([
      'Time,User,Operation,Target,Result,Duration(ms),Address,Request ID,Count,Params',
      '"2026-09-21T14:13:21.000Z carol put /cfg/B',
      `"2026-09-21T14:13:20.000Z admin put '=1+1`,
      '',
    ])
    expect((await get('?operation=audit_export')).json.entries).toMatchObject([
      { username: 'admin', target: 'audit log', params: '{"operation":"put"}', outcome: 'succeeded' },
    ])
  })

  it('begins with a byte-order mark, also when nothing matches', async () => {
    const request = new Request(`http://console.test${LIST}/export?username=nobody`, {
      headers: bearer(token),
    })
    const response = await api.app.fetch(request, { peer: '' })
    const bytes = new Uint8Array(await response.arrayBuffer())
    expect([...bytes.subarray(0, 4)]).toEqual([0xef, 0xbb, 0xbf, 0x54])
    expect(bytes.at(-1)).toBe(0x0a)
  })

  it('holds more than one batch', async () => {
    await Promise.all(Array.from({ length: 1_200 }, (_, index) => put(`OP-${index}`)))
    expect((await save('?operation=put')).text.split('\r\n')).toHaveLength(1_202)
  })

  it.each(['page=1', 'page_size=2', 'cursor=1', 'operation=x', 'from=2&to=1'])(
    'refuses %s',
    async (query) => {
      expect(await save(`?${query}`)).toMatchObject({ status: 400, json: { code: 'validation_failed' } })
      expect((await get('?operation=audit_export')).json.total).toBe(0)
    },
  )

  it('is not begun by HEAD', async () => {
    const answer = await api.send(`${LIST}/export`, { method: 'HEAD', headers: bearer(token) })
    expect(answer.status).toBe(405)
    expect(answer.headers.get('allow')).toBe('GET')
  })

  it.each(['POST', 'DELETE', 'OPTIONS'])(
    'is not begun by %s, which is told what is allowed',
    async (method) => {
      const answer = await api.send(`${LIST}/export`, { method, headers: bearer(token) })
      expect(answer).toMatchObject({ status: 405, json: { code: 'method_not_allowed' } })
      expect(answer.headers.get('allow')).toBe('GET')
    },
  )

  it('is refused when it cannot be recorded, and when nothing can be read', async () => {
    const event = vi.spyOn(api.deps.state.audit, 'event')
    event.mockRejectedValue(new AppError('audit_unavailable', 'away'))
    expect(await save()).toMatchObject({ status: 503, json: { code: 'audit_unavailable' } })
    event.mockRestore()
    vi.spyOn(api.deps.state.audit, 'scan').mockImplementation(() => broken([]))
    expect(await save()).toMatchObject({ status: 503, json: { code: 'auth_store_unavailable' } })
  })

  it('breaks the transfer when the store goes away meanwhile', async () => {
    const { entries } = await api.deps.state.audit.page({}, { size: 1 })
    vi.spyOn(api.deps.state.audit, 'scan').mockImplementation(() => broken([entries]))
    const request = new Request(`http://console.test${LIST}/export`, { headers: bearer(token) })
    const response = await api.app.fetch(request, { peer: '' })
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow('away')
    expect(api.lines.map(({ event }) => event)).toContain('download_broken')
  })

  it('asks for nothing ahead of who takes it: a failure that nobody awaits ends the process', async () => {
    const { entries } = await api.deps.state.audit.page({}, { size: 1 })
    const asked = vi.fn()
    vi.spyOn(api.deps.state.audit, 'scan').mockImplementation(async function* () {
      asked()
      yield entries
      asked()
      throw new AppError('auth_store_unavailable', 'away')
    })
    const request = new Request(`http://console.test${LIST}/export`, { headers: bearer(token) })
    const response = await api.app.fetch(request, { peer: '' })
    await api.clock.settle()
    expect(asked).toHaveBeenCalledTimes(1)
    await expect(response.text()).rejects.toThrow('away')
  })

  it('begins at once when nothing matches at first', async () => {
    const looked = Promise.withResolvers<void>()
    vi.spyOn(api.deps.state.audit, 'scan').mockImplementation(async function* () {
      yield []
      await looked.promise
      yield []
    })
    const request = new Request(`http://console.test${LIST}/export`, { headers: bearer(token) })
    const response = await api.app.fetch(request, { peer: '' })
    expect(response.status).toBe(200)
    looked.resolve()
    expect((await response.text()).split('\r\n')).toHaveLength(2)
  })

  it('C7 ends with its session within half a second, also while the store looks; that is no error', async () => {
    let left: AbortSignal | undefined
    vi.spyOn(api.deps.state.audit, 'scan').mockImplementation(async function* (_filter, signal) {
      left = signal
      yield []
      await new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
    })
    const request = new Request(`http://console.test${LIST}/export`, { headers: bearer(token) })
    const response = await api.app.fetch(request, { peer: '' })
    const ended = expect(response.text()).rejects.toMatchObject({ code: 'unauthenticated' })
    await api.send('/api/auth/logout', { method: 'POST', headers: bearer(token) })
    await api.clock.advance(499)
    expect(left?.aborted).toBe(false)
    await api.clock.advance(1)
    expect(left?.aborted).toBe(true)
    await ended
    expect(api.lines.filter(({ level }) => level === 'error')).toEqual([])
    expect(api.lines.map(({ event }) => event)).toContain('download_ended_with_session')
  })

  it('goes on when the store cannot tell of the session', async () => {
    const looked = Promise.withResolvers<void>()
    vi.spyOn(api.deps.state.audit, 'scan').mockImplementation(async function* () {
      yield []
      await looked.promise
    })
    vi.spyOn(api.deps.state.sessions, 'isPresent').mockRejectedValue(
      new AppError('auth_store_unavailable', 'away'),
    )
    const request = new Request(`http://console.test${LIST}/export`, { headers: bearer(token) })
    const response = await api.app.fetch(request, { peer: '' })
    await api.clock.advance(30_000)
    looked.resolve()
    expect(await response.text()).toMatch(/^Time,/)
  })

  it('stops looking when the client leaves, without a word', async () => {
    let left: AbortSignal | undefined
    vi.spyOn(api.deps.state.audit, 'scan').mockImplementation(async function* (_filter, signal) {
      left = signal
      yield []
    })
    const request = new Request(`http://console.test${LIST}/export`, { headers: bearer(token) })
    const response = await api.app.fetch(request, { peer: '' })
    await response.body?.cancel()
    expect(left?.aborted).toBe(true)
    expect(api.lines.map(({ event }) => event)).not.toContain('download_broken')
  })
})

/** Batches, and then a store that is away. */
async function* broken<T>(batches: readonly T[]): AsyncGenerator<T> {
  yield* batches
  throw new AppError('auth_store_unavailable', 'away')
}
