import { emptyRecord, withList } from '@etcdmonitor/core/etcd/cluster-record'
import { expect, it } from 'vitest'
import { systemClock } from '../../node/clock.ts'
import { createAddressPolicy } from '../connection/address-policy.ts'
import { createHttpGetter } from './http.ts'
import { createPageCall } from './page-call.ts'

const endpoints = ['http://etcd-0.internal:2379']
const member = {
  id: '5',
  name: 'beta',
  clientUrls: ['http://127.0.0.1:1'],
  peerUrls: ['http://127.0.0.1:2'],
  isLearner: false,
}

it('ends at its deadline when the address of a member cannot be judged', async () => {
  using getter = createHttpGetter(() => undefined)
  const record = withList(emptyRecord(endpoints), { clusterId: '7', members: [member], at: 0 })
  const page = createPageCall({
    metricsPath: '/metrics',
    metricsEndpoint: '',
    endpoints,
    discovery: { record: () => record },
    // as while the names of the configured endpoints are looked up, and no name server answers
    policy: { ...createAddressPolicy(endpoints, []), judgeAddress: () => new Promise(() => undefined) },
    getter,
    whyExpired: () => undefined,
    clock: systemClock,
    closing: new AbortController().signal,
  })
  expect(await page('5', { deadline: 20 })).toEqual({ reason: 'timeout', detail: '' })
})
