import { memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { expect, it, vi } from 'vitest'
import { ALPHA, BETA, recordingLog, START, THREE } from '../collector-rig.contract.ts'
import { createCollectorMeters } from '../self/collector-meters.ts'
import { createLeaseCount } from './lease-count.ts'
import { createMemberNotes } from './member-notes.ts'
import { scrapeCluster } from './scrape-cluster.ts'

it('does not end while a member is being asked, although a bug ended the append', async () => {
  const clock = manualClock(START)
  const cluster = memoryEtcdCluster({ clock, clusterId: '7', members: THREE.slice(0, 2) })
  await cluster.view() // it knows its members from here on
  cluster.setDelay(BETA, Number.POSITIVE_INFINITY)
  const settings = { intervalMs: 30_000, timeoutMs: 0 }
  const bug = new Error('deep')
  const commit = vi.fn(() => Promise.reject(bug))
  const onError = vi.fn()
  const deps = {
    cluster,
    clock,
    settings,
    committer: { commit },
    notes: createMemberNotes({ log: recordingLog().log, hasMetricsEndpoint: false, known: [] }),
    leases: createLeaseCount({ cluster, clock, settings, onError }),
    meters: createCollectorMeters(),
    onError,
    onStandstill: () => undefined,
    onOtherCluster: () => undefined,
  }
  const members = [ALPHA, BETA].map((memberId) => ({ memberId, name: '' }))
  const targets = { clusterId: '7', members, listed: [ALPHA, BETA], voters: 2 }
  const { signal } = new AbortController()
  const ended = vi.fn()
  const ticking = scrapeCluster(deps, targets, { at: START, origin: clock.monotonic(), signal }).catch(ended)

  await clock.advance(11_713) // beta is asked at 1,714 ms, for 10 s
  expect(commit).toHaveBeenCalledTimes(1)
  expect(ended).not.toHaveBeenCalled()
  await clock.advance(1)
  await ticking
  expect(ended.mock.calls).toEqual([[bug]])
  expect(onError).not.toHaveBeenCalled()
})
