import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { AppError, type ErrorCode } from '@etcdmonitor/core/errors'
import { expect, it } from 'vitest'
import { createHeldRefusals } from './hold-refusals.ts'

/** An application whose one route refuses an attempt with the code that the path names; `/` lets it through. */
function open() {
  const clock = manualClock()
  const refusals = createHeldRefusals(clock)
  const told: string[] = []
  const answer = refusals.around(async (request, connection) => {
    const code = new URL(request.url).pathname.slice(1)
    const attempt = async () => {
      if (code !== '') throw new AppError(code as ErrorCode, 'no')
      return 'signed_in'
    }
    const outcome = await refusals
      .attempt(connection as { peer: string }, attempt)
      .catch(({ code }: AppError) => code)
    return new Response(outcome)
  })
  const send = async (path: ErrorCode | '', signal?: AbortSignal) => {
    const request = new Request(`http://console.test/${path}`, signal && { signal })
    told.push(await (await answer(request, { peer: '192.0.2.1' })).text())
  }
  return { clock, told, send: (...args: Parameters<typeof send>) => void send(...args) }
}

it.each(['rate_limited', 'login_capacity'] as const)(
  'holds %s back for a quarter of a second',
  async (code) => {
    const { clock, told, send } = open()
    send(code)
    await clock.advance(249)
    expect(told).toEqual([])
    await clock.advance(1)
    expect(told).toEqual([code])
  },
)

it.each(['account_locked', 'auth_store_unavailable', 'weak_password'] as const)(
  'tells %s at once',
  async (code) => {
    const { clock, told, send } = open()
    send(code)
    await clock.settle()
    expect(told).toEqual([code])
  },
)

it('gives an answer as it comes, while others are held', async () => {
  const { clock, told, send } = open()
  send('rate_limited')
  send('')
  await clock.settle()
  expect(told).toEqual(['signed_in'])
  await clock.advance(250)
  expect(told).toEqual(['signed_in', 'rate_limited'])
})

it('holds nothing for a client that has left', async () => {
  const { clock, told, send } = open()
  const client = new AbortController()
  send('rate_limited', client.signal)
  await clock.settle()
  expect(told).toEqual([])
  client.abort()
  await clock.settle()
  expect(told).toEqual(['rate_limited'])
})

it('holds a thousand, and refuses further ones at once', async () => {
  const { clock, told, send } = open()
  for (let attempt = 0; attempt < 1_001; attempt += 1) send('rate_limited')
  await clock.settle()
  expect(told).toHaveLength(1)
  await clock.advance(250)
  expect(told).toHaveLength(1_001)
  send('rate_limited') // there is room again
  await clock.settle()
  expect(told).toHaveLength(1_001)
})
