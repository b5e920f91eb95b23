import { describe, expect, it, vi } from 'vitest'
import { type ClientDeps, createClient } from './client.ts'
import type { Problem } from './problem.ts'

const shape = { name: 'string' } as const
const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers })

function clientOf(answer: () => Response | Promise<Response>, token?: string) {
  const fetch = vi.fn<ClientDeps['fetch']>(async () => answer())
  const onUnauthenticated = vi.fn()
  const client = createClient({ base: '/console/', fetch, token: () => token, onUnauthenticated })
  return { client, fetch, onUnauthenticated }
}

/** What the client threw. */
async function problemOf(asked: Promise<unknown>): Promise<Problem> {
  return asked.then(
    () => expect.unreachable('the request succeeded'),
    (problem: Problem) => problem,
  )
}

describe('a request', () => {
  it('goes below the base path, with the token in its header alone, and follows no redirect', async () => {
    const { client, fetch } = clientOf(() => json({ name: 'x' }), 'secret')
    await client.get('range', { metrics: 'a,b', step: undefined, member_id: 'all' }, { shape })
    const [url, init] = fetch.mock.calls[0] ?? []
    expect(url).toBe('/console/api/range?metrics=a%2Cb&member_id=all')
    expect(init).toMatchObject({ method: 'GET', credentials: 'omit', redirect: 'error' })
    expect(new Headers(init?.headers).get('authorization')).toBe('Bearer secret')
    expect(init?.signal).toBeInstanceOf(AbortSignal)
  })

  it('sends a body as JSON, and no token where there is none', async () => {
    const { client, fetch } = clientOf(() => json({ name: 'x' }))
    await client.post('auth/login', { username: 'admin' }, { shape })
    const [, init] = fetch.mock.calls[0] ?? []
    expect(init?.body).toBe('{"username":"admin"}')
    expect(Object.fromEntries(new Headers(init?.headers))).toEqual({
      accept: 'application/json',
      'content-type': 'application/json',
    })
  })
})

describe('an answer', () => {
  it('is checked for the members that the page needs', async () => {
    await expect(
      clientOf(() => json({ name: 'x', more: 1 })).client.get('status', {}, { shape }),
    ).resolves.toEqual({
      name: 'x',
      more: 1,
    })
    for (const body of [{ name: 1 }, {}, [], null, 'text']) {
      const problem = await problemOf(clientOf(() => json(body)).client.get('status', {}, { shape }))
      expect(problem).toMatchObject({ name: 'Problem', code: 'bad_answer' })
    }
  })

  it('that is no JSON did not come from the API', async () => {
    const page = () => new Response('<html>', { status: 502 })
    expect(await problemOf(clientOf(page).client.get('status', {}, { shape }))).toMatchObject({
      code: 'bad_answer',
      fields: { status: 502 },
    })
  })

  it('with a problem becomes that problem, its texts bounded', async () => {
    const body = {
      code: 'login_capacity',
      title: 'Busy',
      detail: 'd'.repeat(10_000),
      errors: [{ pointer: '/a', code: 'required', message: 'required', in: 'body' }],
      reason: 'too_short',
    }
    const headers = { 'retry-after': '3', 'x-request-id': '01J' }
    const problem = await problemOf(
      clientOf(() => json(body, 503, headers)).client.get('status', {}, { shape }),
    )
    expect(problem.code).toBe('login_capacity')
    expect(problem.fields).toEqual({
      status: 503,
      title: 'Busy',
      detail: 'd'.repeat(500),
      requestId: '01J',
      retryAfter: 3,
      reason: 'too_short',
      items: [{ pointer: '/a', code: 'required', message: 'required' }],
      more: body,
    })
  })

  it('401 ends the session whose token was sent, and no other', async () => {
    const refuse = () => json({ code: 'unauthenticated' }, 401)
    const signedIn = clientOf(refuse, 'old')
    await problemOf(signedIn.client.get('status', {}, { shape }))
    expect(signedIn.onUnauthenticated).toHaveBeenCalledExactlyOnceWith('old')
    const signedOut = clientOf(refuse)
    await problemOf(signedOut.client.get('status', {}, { shape }))
    expect(signedOut.onUnauthenticated).not.toHaveBeenCalled()
    const wrongPassword = clientOf(() => json({ code: 'invalid_credentials' }, 401), 'old')
    await problemOf(wrongPassword.client.post('auth/login', {}, { shape }))
    expect(wrongPassword.onUnauthenticated).not.toHaveBeenCalled()
  })
})

it('that is not answered in its time is a problem, though the connection stands', async () => {
  const fetch: ClientDeps['fetch'] = (_, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
    })
  const client = createClient({ base: '/', fetch, token: () => undefined, onUnauthenticated: () => {} })
  expect(await problemOf(client.get('status', {}, { shape, timeout: 5 }))).toMatchObject({ code: 'network' })
})

it('that nobody answers is a problem, an abort is none', async () => {
  const broken = clientOf(() => Promise.reject(new TypeError('failed to fetch')))
  expect(await problemOf(broken.client.get('status', {}, { shape }))).toMatchObject({ code: 'network' })
  const controller = new AbortController()
  controller.abort()
  const aborted = clientOf(() => Promise.reject(controller.signal.reason))
  const asked = aborted.client.get('status', {}, { shape, signal: controller.signal })
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' })
})
