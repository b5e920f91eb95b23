import { expect, it } from 'vitest'
import type { AddressPolicy } from './address-policy.ts'
import { guardedLookup } from './guarded-lookup.ts'

const URL = 'http://localhost:2379/metrics'

interface Looked {
  readonly error: Error | null
  readonly address: unknown
}

/** What a socket is told that looks up `hostname`. */
const lookUp = (
  judgeAddress: AddressPolicy['judgeAddress'],
  { hostname = 'localhost', all = false } = {},
): Promise<Looked> =>
  new Promise((resolve) => {
    const lookup = guardedLookup({ judgeAddress }, URL)
    lookup(hostname, { all }, (error, address) => resolve({ error, address }))
  })

const pass = async () => undefined

it('yields one address, or all of them, when every one passes', async () => {
  const one = await lookUp(pass)
  expect(one.error).toBeNull()
  expect(['127.0.0.1', '::1']).toContain(one.address)
  const { address } = await lookUp(pass, { all: true })
  expect(address).toContainEqual({ address: one.address, family: one.address === '::1' ? 6 : 4 })
})

it('ET18 yields none when one of them is refused', async () => {
  const { error, address } = await lookUp(async () => 'address')
  expect(error).toMatchObject({ failure: { kind: 'blocked_url', message: 'address', sent: false } })
  expect(address).toBe('')
})

it('passes on what the name server says', async () => {
  expect((await lookUp(pass, { hostname: 'nohost.invalid' })).error).toMatchObject({ code: 'ENOTFOUND' })
})

it('yields none when they cannot be judged', async () => {
  const broken = new Error('broken')
  expect(await lookUp(() => Promise.reject(broken))).toEqual({ error: broken, address: '' })
})

it('leaves what the socket throws to whoever answers for that', async () => {
  const broken = new Error('the socket is gone')
  const thrown = await new Promise((resolve) => {
    process.setUncaughtExceptionCaptureCallback(resolve)
    guardedLookup({ judgeAddress: pass }, URL)('localhost', {}, () => {
      throw broken
    })
  }).finally(() => process.setUncaughtExceptionCaptureCallback(null))
  expect(thrown).toBe(broken)
})
