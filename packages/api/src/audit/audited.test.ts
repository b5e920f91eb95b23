import { AppError } from '@etcdmonitor/core/errors'
import { z } from '@hono/zod-openapi'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { type ApiRig, bearer, openApi } from '../api-rig.contract.ts'
import { defineRoute } from '../http/define-route.ts'
import type { Note } from './audit-trail.ts'
import { audited, withRefusals } from './audited.ts'

const change = defineRoute({
  method: 'post',
  path: '/api/change',
  summary: 'A change',
  rules: {
    auth: 'session',
    deadline: 30_000,
    errors: ['audit_unavailable', 'no_quorum', 'permission_denied'],
  },
  request: {},
  answer: z.object({ done: z.boolean() }),
})

const away = () => new AppError('auth_store_unavailable', 'away')
const WHAT = { operation: 'put', target: '/cfg/a', params: { ttl: 0 }, clusterId: '10' } as const

let api: ApiRig
let token: string
let check: () => Promise<void>
let act: (note: Note) => Promise<void>
beforeEach(async () => {
  api = await openApi()
  await api.addAdmin()
  check = async () => undefined
  act = vi.fn(async () => undefined)
  api.app.openapi(change, async (c) => {
    await withRefusals(c, WHAT, check)
    await audited(c, WHAT, act)
    return c.json({ done: true }, 200)
  })
  token = await api.token()
})

const send = () => api.send('/api/change', { method: 'POST', headers: bearer(token) })
const entries = async () => (await api.deps.state.audit.page({ operation: 'put' }, { size: 10 })).entries

describe('an audited act', () => {
  it('has its intent committed before, with who asked for it, and its outcome after it', async () => {
    act = async (note) => {
      expect(await entries()).toMatchObject([{ verdict: 'pending' }])
      await api.clock.advance(14)
      note({ revision: 7 })
    }
    const { status, headers } = await send()
    expect(status).toBe(200)
    expect(await entries()).toMatchObject([
      {
        class: 'act',
        operation: 'put',
        userId: 'ADMIN',
        username: 'admin',
        sessionRef: expect.stringMatching(/^[0-9a-f]{8}$/),
        address: '192.0.2.1',
        requestId: headers.get('x-request-id'),
        target: '/cfg/a',
        params: '{"ttl":0}',
        clusterId: '10',
        verdict: 'succeeded',
        code: '',
        message: 'ok {"revision":7}',
        durationMs: 14,
      },
    ])
  })

  it.each([
    [new AppError('no_quorum', 'etcd has no leader'), 503, 'failed', 'no_quorum', 'etcd has no leader'],
    [new AppError('etcd_timeout', 'no answer'), 504, 'unknown', 'etcd_timeout', 'no answer'],
    [new Error('secret of a dependency'), 500, 'unknown', 'internal', 'internal error'],
  ])(
    'that throws %s tells its end, and answers as it would without',
    async (error, status, verdict, code, message) => {
      act = () => Promise.reject(error)
      expect(await send()).toMatchObject({ status })
      expect(await entries()).toMatchObject([{ verdict, code, message }])
    },
  )

  it('K38 is not done when its intent cannot be written', async () => {
    vi.spyOn(api.deps.state.audit, 'intent').mockRejectedValue(
      new AppError('audit_unavailable', 'nothing was done'),
    )
    const answer = await send()
    expect(answer).toMatchObject({ status: 503, json: { code: 'audit_unavailable' } })
    expect(answer.headers.get('retry-after')).toBe('5')
    expect(act).not.toHaveBeenCalled()
    expect(await entries()).toEqual([])
  })

  it('is answered while its outcome is being written, which the end of the process waits for', async () => {
    const { outcome } = api.deps.state.audit
    const held = Promise.withResolvers<void>()
    const write = vi.spyOn(api.deps.state.audit, 'outcome').mockImplementation(async (...told) => {
      await held.promise
      await outcome(...told)
    })
    expect(await send()).toMatchObject({ status: 200 })
    const stopped = api.deps.audit[Symbol.asyncDispose]()
    expect(await entries()).toMatchObject([{ verdict: 'pending' }])
    held.resolve()
    await stopped
    expect(write.mock.settledResults).toMatchObject([{ type: 'fulfilled' }])
    expect(await entries()).toMatchObject([{ verdict: 'succeeded' }])
  })

  it('is told as failed when its intent was committed after the answer', async () => {
    const { intent } = api.deps.state.audit
    vi.spyOn(api.deps.state.audit, 'intent').mockImplementation(async (late) => {
      await intent(late)
      throw new AppError('audit_unavailable', 'nothing was done')
    })
    expect(await send()).toMatchObject({ status: 503 })
    expect(act).not.toHaveBeenCalled()
    await expect.poll(entries).toMatchObject([{ verdict: 'failed', code: 'audit_unavailable' }])
  })
})

describe('an outcome that the store does not take', () => {
  it('changes no answer, and is written when the store is back after a minute', async () => {
    const write = vi.spyOn(api.deps.state.audit, 'outcome').mockRejectedValue(away())
    expect(await send()).toMatchObject({ status: 200 })
    await api.clock.advance(60_000)
    expect(write.mock.calls.length).toBeGreaterThan(40)
    write.mockRestore()
    expect(await entries()).toMatchObject([{ verdict: 'pending' }])
    await api.clock.advance(2_000)
    await expect.poll(entries).toMatchObject([{ verdict: 'succeeded' }])
    expect(api.lines.filter(({ event }) => event === 'audit_outcome_lost')).toEqual([])
  })

  it('is told in the log after two minutes', async () => {
    vi.spyOn(api.deps.state.audit, 'outcome').mockRejectedValue(away())
    await send()
    await api.clock.advance(123_000)
    const [{ opId } = { opId: '' }] = await entries()
    expect(api.lines.filter(({ event }) => event === 'audit_outcome_lost')).toMatchObject([
      { level: 'error', fields: { op_id: opId, verdict: 'succeeded', code: '' } },
    ])
  })

  it('is told in the log beyond a thousand that wait', async () => {
    vi.spyOn(api.deps.state.audit, 'outcome').mockRejectedValue(away())
    const caller = { username: 'admin', address: '', requestId: '' }
    const acts = Array.from({ length: 1_003 }, () =>
      api.deps.audit.around(caller, WHAT, async () => undefined),
    )
    await Promise.all(acts)
    expect(api.lines.filter(({ event }) => event === 'audit_outcome_lost')).toHaveLength(3)
  })

  it('is tried once more when the process stops', async () => {
    const write = vi.spyOn(api.deps.state.audit, 'outcome').mockRejectedValue(away())
    await send()
    write.mockRestore()
    await api.deps.audit[Symbol.asyncDispose]()
    expect(await entries()).toMatchObject([{ verdict: 'succeeded' }])
  })
})

describe('a refusal', () => {
  it('is an entry of its own, and nothing is done', async () => {
    check = () => Promise.reject(new AppError('permission_denied', 'keys are read only'))
    expect(await send()).toMatchObject({ status: 403 })
    expect(act).not.toHaveBeenCalled()
    expect(await entries()).toMatchObject([
      {
        class: 'failure',
        username: 'admin',
        target: '/cfg/a',
        verdict: 'refused',
        code: 'permission_denied',
        message: 'keys are read only',
      },
    ])
  })

  it('stands also when it cannot be recorded; the log tells that', async () => {
    check = () => Promise.reject(new AppError('permission_denied', 'keys are read only'))
    vi.spyOn(api.deps.state.audit, 'event').mockRejectedValue(new AppError('audit_unavailable', 'away'))
    expect(await send()).toMatchObject({ status: 403 })
    expect(api.lines.filter(({ event }) => event === 'audit_event_lost')).toMatchObject([
      { fields: { operation: 'put', code: 'permission_denied' } },
    ])
  })
})
