import { gunzipSync } from 'node:zlib'
import { gzip } from '@etcdmonitor/adapters/node/gzip'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { expect, it } from 'vitest'
import { NOW, openStore, PENDING } from '../dashboard-rig.contract.ts'
import { toMembership } from '../members/membership.ts'
import { createRangeAnswers } from './range-answers.ts'
import { RangeQuery } from './range-query.ts'
import { toRangeRequest } from './range-request.ts'

it('compresses an answer once for all who ask for it at the same time', async () => {
  await using store = await openStore()
  const interval = 30_000
  const request = toRangeRequest(RangeQuery.parse({ metrics: PENDING, format: 'columns' }), {
    membership: toMembership({ members: [], endpoints: [], stale: true }, [], interval),
    horizon: undefined,
    limits: store.reader.limits,
    interval,
    now: NOW,
  })
  const { get } = createRangeAnswers({ metrics: store.reader, clock: manualClock(NOW), interval, gzip })
  const { signal } = new AbortController()
  const plain = await get('1', request, false, signal)
  const gone = new AbortController()
  const left = expect(get('1', request, true, gone.signal)).rejects.toBe('gone')
  const both = [get('1', request, true, signal), get('1', request, true, signal)]
  gone.abort('gone')
  const [one, other] = await Promise.all(both)
  await left
  expect(gunzipSync(one?.gzip ?? '')).toEqual(Buffer.from(plain.body))
  expect(other?.gzip).toBe(one?.gzip)
})
