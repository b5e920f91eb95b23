import { AppError } from '@etcdmonitor/core/errors'
import type { LogFields } from '@etcdmonitor/core/ports/log'
import { z } from '@hono/zod-openapi'
import { expect, it } from 'vitest'
import { defineRoute, type RouteRules } from './define-route.ts'
import { openFrame } from './frame-rig.contract.ts'

const route = <const M extends 'get' | 'post'>(method: M, auth: RouteRules['auth']) =>
  defineRoute({
    method,
    path: '/api/thing',
    summary: 'A thing',
    rules: { auth, deadline: 10_000, errors: ['storage_unavailable', 'not_supported'] },
    request: {},
    answer: z.object({}),
  })

/** `/api/thing`: public to read, with a session to change, and no way in. */
function openThing(read: () => void) {
  const lines: { event: string; fields: LogFields }[] = []
  const write = (event: string, fields: LogFields = {}) => void lines.push({ event, fields })
  const { app, clock } = openFrame({ debug: write, info: write, warn: write, error: write })
  app.openapi(route('get', 'public'), (c) => {
    read()
    return c.json({}, 200)
  })
  app.openapi(route('post', 'session'), (c) => c.json({ done: c.var.session.username }, 200))
  const send = async (method: string) =>
    (await app.fetch(new Request('http://console.test/api/thing', { method }), { peer: '' })).status
  return { clock, lines, send }
}

it('fails closed where a route with a session shares a public path', async () => {
  const { lines, send } = openThing(() => undefined)
  expect(await send('GET')).toBe(200)
  expect(await send('POST')).toBe(500)
  expect(lines.find(({ event }) => event === 'request_failed')?.fields.error).toMatchObject({
    message: 'a route with a session was reached without one',
  })
})

it('tells the log why a dependency failed, once a minute per code', async () => {
  let error = new AppError('storage_unavailable', 'the metrics store cannot be read', {
    cause: new Error('disk I/O error'),
  })
  const { clock, lines, send } = openThing(() => {
    throw error
  })
  const told = () => lines.filter(({ event }) => event === 'dependency_failed')
  for (let i = 0; i < 3; i++) expect(await send('GET')).toBe(503)
  expect(told()).toHaveLength(1)
  expect(told()[0]?.fields).toMatchObject({
    code: 'storage_unavailable',
    error: { cause: { message: 'disk I/O error' } },
  })
  expect(lines.filter(({ event }) => event === 'request')[2]?.fields).toMatchObject({
    status: 503,
    code: 'storage_unavailable',
  })
  await clock.advance(60_000)
  await send('GET')
  expect(told()).toHaveLength(2)
  error = new AppError('storage_unavailable', 'without a cause')
  await clock.advance(60_000)
  await send('GET')
  expect(told()).toHaveLength(2)
})
