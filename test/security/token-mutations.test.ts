// proves: C6
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Console, NEW_PASSWORD, startConsole } from '../setup/console/console.ts'

const MUTANTS = process.env.TEST_SUITE === 'full' ? 200_000 : 2_000
const AT_ONCE = 50
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.'

let api: Console
let tokens: readonly [string, string]
beforeAll(async () => {
  api = await startConsole({ endpoints: ['http://127.0.0.1:1'], command: 'api' })
  await api.signIn()
  tokens = [await tokenOf(), await tokenOf()]
})
afterAll(() => api[Symbol.asyncDispose]())

async function tokenOf(): Promise<string> {
  const { body } = await api.post('/api/auth/login', { username: 'admin', password: NEW_PASSWORD })
  return String(body.session_token)
}

async function isAccepted(token: string): Promise<boolean> {
  const answer = await fetch(`${api.url}/api/auth/status`, {
    headers: { Authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(60_000),
    redirect: 'error',
  })
  expect(answer.status).toBe(200)
  return ((await answer.json()) as { readonly authenticated: boolean }).authenticated
}

const partsOf = (token: string) => token.split('.')
const character = fc.constantFrom(...ALPHABET)

/** What somebody can make of two good tokens without the key. */
const mutation: fc.Arbitrary<(one: string, other: string) => string> = fc.oneof(
  fc.tuple(fc.nat(), character).map(([at, to]) => (one: string) => {
    const place = at % one.length
    return one.slice(0, place) + to + one.slice(place + 1)
  }),
  fc.tuple(fc.nat(), fc.nat(7)).map(([at, bit]) => (one: string) => {
    const parts = partsOf(one)
    const part = at % parts.length
    const bytes = Buffer.from(parts[part] ?? '', 'base64url')
    const place = at % bytes.length
    bytes[place] = (bytes[place] ?? 0) ^ (1 << bit)
    return parts.with(part, bytes.toString('base64url')).join('.')
  }),
  fc
    .tuple(fc.nat(), fc.string({ unit: character, minLength: 1, maxLength: 5 }))
    .map(([at, text]) => (one: string) => {
      const place = at % (one.length + 1)
      return one.slice(0, place) + text + one.slice(place)
    }),
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 50 })).map(([at, length]) => (one: string) => {
    const place = at % one.length
    return one.slice(0, place) + one.slice(place + length)
  }),
  fc.array(fc.nat(5), { minLength: 3, maxLength: 3 }).map((picks) => (one: string, other: string) => {
    const all = [...partsOf(one), ...partsOf(other)]
    return picks.map((pick) => all[pick]).join('.')
  }),
  fc
    .record({ exp: fc.nat(), sub: fc.string(), jti: fc.string() }, { requiredKeys: [] })
    .map((claims) => (one: string) => {
      const [head = '', payload = '', signature = ''] = partsOf(one)
      const forged = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...claims }
      return [head, Buffer.from(JSON.stringify(forged)).toString('base64url'), signature].join('.')
    }),
)

it(`accepts none of ${MUTANTS} changed tokens`, { timeout: 240_000 + MUTANTS * 10 }, async () => {
  expect(await Promise.all(tokens.map(isAccepted))).toEqual([true, true])
  const mutants = fc
    .sample(mutation, MUTANTS)
    .map((mutate) => mutate(...tokens))
    .filter((mutant) => !tokens.includes(mutant))
  expect(mutants.length).toBeGreaterThan(0.9 * MUTANTS)
  for (let from = 0; from < mutants.length; from += AT_ONCE) {
    const some = mutants.slice(from, from + AT_ONCE)
    const accepted = await Promise.all(some.map(isAccepted))
    expect(some.filter((_, index) => accepted[index])).toEqual([])
  }
  expect(await Promise.all(tokens.map(isAccepted))).toEqual([true, true])
})
