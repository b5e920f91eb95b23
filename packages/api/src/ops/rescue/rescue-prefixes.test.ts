import { memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { expect, it } from 'vitest'
import { readRescuePrefixes } from './rescue-prefixes.ts'

/** `count` directories of which the last has two keys. */
async function open(count: number) {
  const etcd = memoryEtcdCluster({ clock: systemClock, members: [{ id: '10', name: 'alpha' }] })
  await etcd.view()
  const names = Array.from({ length: count }, (_, at) => `d${String(at).padStart(3, '0')}/a`)
  for (const name of [...names, `${names.at(-1)}b`])
    await etcd.put({ key: toUtf8(name), value: toUtf8('x'), lease: 'none' })
  return readRescuePrefixes({ etcd, clock: systemClock }, toUtf8('/'))
}

it('names the directories with the most keys', async () => {
  const { prefixes, isComplete } = await open(100)
  expect(isComplete).toBe(true)
  expect(prefixes).toHaveLength(10)
  expect(prefixes[0]).toEqual({ prefix: 'd099/', keys: 2, percent: 2 })
})

it('is not complete where there are more directories than it walks: the largest may be another', async () => {
  const { prefixes, isComplete, isRead } = await open(102)
  expect({ isComplete, isRead }).toEqual({ isComplete: false, isRead: true })
  expect(prefixes[0]?.keys).toBe(1)
})
