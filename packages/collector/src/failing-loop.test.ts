import { memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { expect, it } from 'vitest'
import { createCollector } from './collector.ts'
import { recordingLog, recordingStore, START, THREE } from './collector-rig.contract.ts'

it('ends every loop when one fails, and only then gives the store back to be closed', async () => {
  const clock = manualClock(START)
  const store = recordingStore()
  const { log } = recordingLog()
  let failures = 0
  const collector = createCollector({
    cluster: memoryEtcdCluster({ clock, members: THREE }),
    writer: {
      ...store.writer,
      async maintain() {
        throw new Error('a bug')
      },
    },
    clock,
    log: {
      ...log,
      error() {
        failures++
        throw new Error('the log is gone')
      },
    },
    settings: { intervalMs: 30_000, timeoutMs: 0, discoveryIntervalMs: 60_000 },
  })
  let isOver = false
  const running = collector.run(new AbortController().signal).finally(() => {
    isOver = true
  })
  running.catch(() => undefined) // looked at below
  await clock.settle()
  for (let i = 0; i < 3; i++) await clock.advance(30_000)
  await expect(running).rejects.toThrow('the log is gone')
  expect([isOver, failures]).toEqual([true, 1])
  const stored = store.batches.length
  for (let i = 0; i < 3; i++) await clock.advance(30_000)
  expect(store.batches).toHaveLength(stored)
})
