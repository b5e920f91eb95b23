import { expect, it } from 'vitest'
import { systemClock } from '../../node/clock.ts'
import { createAddressPolicy } from './address-policy.ts'
import { startBudget } from './call-budget.ts'
import { createResolver } from './resolve-target.ts'

const budget = () => startBudget(systemClock, 5_000)
const resolverFor = (endpoints: readonly string[], cidrs: readonly string[] = []) =>
  createResolver({
    endpoints,
    policy: createAddressPolicy(endpoints, cidrs),
    whyExpired: () => undefined,
    clock: systemClock,
  })

it('dials a configured endpoint as it stands, whatever its address', async () => {
  const resolve = resolverFor(['http://169.254.1.1:2379', 'http://[::1]:2379', 'http://nohost.invalid:2379'])
  expect(await resolve('http://169.254.1.1:2379', budget())).toMatchObject({
    address: '169.254.1.1',
    port: 2379,
  })
  expect(await resolve('http://[::1]:2379', budget())).toMatchObject({ address: '::1', host: '::1' })
  expect(await resolve('http://nohost.invalid:2379', budget())).toMatchObject({ address: 'nohost.invalid' })
})

it('ET18 dials the judged address of an advertised name, and keeps the name for TLS', async () => {
  const resolve = resolverFor(['http://127.0.0.1:2379'])
  const { address, ...rest } = await resolve('http://localhost:2380', budget())
  expect(['127.0.0.1', '::1']).toContain(address)
  expect(rest).toEqual({ url: 'http://localhost:2380', host: 'localhost', port: 2380 })
})

it.each([
  ['http://localhost:2379', 'blocked_url', 'address'],
  ['http://169.254.169.254:80', 'blocked_url', 'address'],
  ['http://[::ffff:169.254.169.254]:80', 'blocked_url', 'address'],
  ['http://2852039166:80', 'blocked_url', 'address'],
  ['http://10.2.0.1:2379/x', 'blocked_url', 'path'],
  ['https://10.2.0.1:2379', 'blocked_url', 'scheme'],
  ['http://nohost.invalid:2379', 'dns', 'getaddrinfo ENOTFOUND nohost.invalid'],
])('ET18 refuses the advertised %s as %s: %s, with nothing sent', async (url, kind, message) => {
  const resolve = resolverFor(['http://10.1.0.1:2379'])
  await expect(resolve(url, budget())).rejects.toMatchObject({
    failure: { kind, message, stage: 'dns', sent: false },
  })
})

it('stays at the address of the connection while no name server answers', async () => {
  const resolve = resolverFor(['http://10.1.0.1:2379'])
  const url = 'http://nohost.invalid:2379'
  expect(await resolve(url, budget(), '10.2.0.1')).toMatchObject({
    host: 'nohost.invalid',
    address: '10.2.0.1',
  })
})

it('gives up when an address cannot be judged in time', async () => {
  const never = () => new Promise<undefined>(() => undefined)
  const endpoints = ['http://etcd-0.internal:2379']
  const policy = { ...createAddressPolicy(endpoints, []), judgeAddress: never }
  const resolve = createResolver({ endpoints, policy, whyExpired: () => undefined, clock: systemClock })
  await expect(resolve('http://10.2.0.1:2379', startBudget(systemClock, 20))).rejects.toMatchObject({
    failure: { kind: 'dns', message: 'no answer for 10.2.0.1 in time', sent: false },
  })
})

it('makes no connection with a certificate of ours that has expired', async () => {
  const resolve = createResolver({
    endpoints: ['https://10.1.0.1:2379'],
    policy: createAddressPolicy(['https://10.1.0.1:2379'], []),
    whyExpired: () => 'our certificate expired',
    clock: systemClock,
  })
  await expect(resolve('https://10.1.0.1:2379', budget())).rejects.toMatchObject({
    failure: { kind: 'tls_expired', stage: 'tls', message: 'our certificate expired' },
  })
})
