import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { afterKey, prefixRange } from '@etcdmonitor/core/keys/key-range'
import { expect, it } from 'vitest'
import { always, HEADER, imitateEtcd, MEMBER, STATUS } from '../imitate-etcd.contract.ts'
import { openClient } from '../open-client.contract.ts'

const KEY = toUtf8('/a')
const LISTING = { ...prefixRange(toUtf8('/')), limit: 10, values: false, serializable: true }
const GET = { from: KEY, to: afterKey(KEY), limit: 1, values: true, serializable: false }

type Done = (error: null, reply: object) => void

it('K33 answers a get while nine listings hang, of which eight were sent', async () => {
  let hanging = 0
  const range = (call: { readonly request: { readonly serializable: boolean } }, done: Done) => {
    if (call.request.serializable) hanging += 1
    else done(null, { header: HEADER, kvs: [], count: '0', more: false })
  }
  await using impostor = await imitateEtcd({
    Maintenance: { Status: always(STATUS) },
    Cluster: { MemberList: always({ header: HEADER, members: [MEMBER] }) },
    KV: { Range: range },
  })
  await using client = openClient({ endpoints: [impostor.url] })
  const left = new AbortController()
  const listings = Array.from({ length: 9 }, () => client.range(LISTING, { signal: left.signal }))
  await expect.poll(() => hanging).toBe(8)
  expect((await client.range(GET)).count).toBe(0)
  expect(hanging).toBe(8)
  left.abort('left')
  for (const result of await Promise.allSettled(listings)) expect(result).toMatchObject({ reason: 'left' })
})
