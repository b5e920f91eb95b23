import { expect, it } from 'vitest'
import { createAddressPolicy } from '../connection/address-policy.ts'
import { metricsUrl } from './metrics-url.ts'

const endpoints = ['https://10.9.0.4:2379', 'https://[2001:db8::1]:2379']
const policy = createAddressPolicy(endpoints, [])
const configured = {
  endpoint: 'https://10.9.0.4:2379',
  configuredIndex: 0,
  clientUrls: ['https://etcd-0:2379'],
}
const advertised = {
  endpoint: 'https://etcd-1:2379',
  configuredIndex: -1,
  clientUrls: ['https://etcd-1:2379'],
}

it.each([
  ['', configured, 'https://10.9.0.4:2379/metrics', false],
  ['', advertised, 'https://etcd-1:2379/metrics', true],
  ['', { ...advertised, endpoint: '' }, 'https://etcd-1:2379/metrics', true],
  ['http://{host}:2381', configured, 'http://10.9.0.4:2381/metrics', false],
  ['http://{host}:2381', advertised, 'http://etcd-1:2381/metrics', true],
  [
    'http://{host}:2381',
    { ...configured, endpoint: 'https://[2001:db8::1]:2379' },
    'http://[2001:db8::1]:2381/metrics',
    false,
  ],
  [['http://10.9.0.4:2381'], configured, 'http://10.9.0.4:2381/metrics', false],
  [['http://10.9.0.4:2381'], advertised, 'https://etcd-1:2379/metrics', true],
  // its configured endpoint fails, and what it advertises reaches it
  ['', { ...configured, endpoint: 'https://etcd-0:2379' }, 'https://etcd-0:2379/metrics', true],
  ['http://{host}:2381', { ...advertised, endpoint: 'https://a$&b:2379' }, 'http://a$&b:2381/metrics', true],
] as const)(
  'M2 with the endpoint %j finds the page of %j at %s',
  (metricsEndpoint, member, href, isAdvertised) => {
    const found = metricsUrl({ metricsPath: '/metrics', metricsEndpoint, endpoints, policy }, member)
    expect(found).toEqual({ url: new URL(href), isAdvertised })
  },
)

it('refuses what a member advertises as the policy says', () => {
  const options = { metricsPath: '/metrics', metricsEndpoint: 'http://{host}:2381', endpoints, policy }
  const plain = { ...advertised, endpoint: '', clientUrls: ['http://etcd-1:2379'] }
  expect(metricsUrl(options, plain)).toEqual({ blocked: 'scheme' })
})

it('has none for a member that advertises nothing', () => {
  const options = { metricsPath: '/metrics', metricsEndpoint: '', endpoints, policy }
  expect(metricsUrl(options, { endpoint: '', configuredIndex: -1, clientUrls: [] })).toBeUndefined()
})
