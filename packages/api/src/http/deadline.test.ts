import { silentLog } from '@etcdmonitor/core/ports/log'
import { z } from '@hono/zod-openapi'
import { expect, it } from 'vitest'
import { defineRoute } from './define-route.ts'
import { openFrame } from './frame-rig.contract.ts'

const slow = defineRoute({
  method: 'get',
  path: '/slow',
  summary: 'Answers late',
  rules: { auth: 'public', deadline: 10_000, late: 'storage_unavailable', errors: ['storage_unavailable'] },
  request: {},
  answer: z.object({}),
})

function openSlow(work: (signal: AbortSignal) => Promise<object>) {
  const errors: unknown[] = []
  const { app, clock } = openFrame({
    ...silentLog,
    error: (_, fields) => void errors.push(fields),
  })
  app.openapi(slow, async (c) => c.json(await work(c.var.signal), 200))
  const ask = (signal?: AbortSignal) =>
    app.fetch(new Request('http://console.test/slow', signal ? { signal } : {}), { peer: '' })
  return { clock, errors, ask }
}

it('answers for a handler that is late, and tells it', async () => {
  let told: unknown
  const { clock, errors, ask } = openSlow(async (signal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    told = signal.reason
    throw signal.reason
  })
  const asking = ask()
  await clock.advance(9_999)
  expect(told).toBeUndefined()
  await clock.advance(1)
  const answer = await asking
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ code: 'storage_unavailable' })
  expect(told).toMatchObject({ code: 'storage_unavailable' })
  expect(errors).toEqual([])
})

it('tells the handler that the client has left', async () => {
  const client = new AbortController()
  const { clock, errors, ask } = openSlow((signal) => {
    const left = Promise.withResolvers<object>()
    signal.addEventListener('abort', () => left.reject(signal.reason))
    return left.promise
  })
  const asking = ask(client.signal)
  await clock.settle()
  client.abort('gone')
  expect((await asking).status).toBe(408)
  expect(errors).toEqual([])
})

it('leaves an answer in time alone', async () => {
  const { ask } = openSlow(async () => ({}))
  expect((await ask()).status).toBe(200)
})
