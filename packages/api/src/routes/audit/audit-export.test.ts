import { AppError } from '@etcdmonitor/core/errors'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { bearer } from '../../api-rig.contract.ts'
import { type AuditApi, LIST, openAuditApi } from './audit-api.contract.ts'

let api: AuditApi['api']
let token: string
let get: AuditApi['get']
let put: AuditApi['put']
beforeEach(async () => {
  ;({ api, token, get, put } = await openAuditApi())
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
