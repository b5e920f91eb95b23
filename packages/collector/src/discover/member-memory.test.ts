import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import type { MemberInfo } from '@etcdmonitor/core/ports/metrics-store'
import { expect, it } from 'vitest'
import { ALPHA, BETA, recordingStore } from '../collector-rig.contract.ts'
import { keepDescribed } from './member-memory.ts'

const infoOf = (memberId: string): MemberInfo => ({
  memberId,
  name: `member ${memberId}`,
  serverVersion: '3.6.16',
  clusterVersion: '3.6.0',
  goVersion: 'go1.25',
  scrapeError: '',
})

it('forgets what it described of a member that left, and describes it when it is back', async () => {
  const store = recordingStore()
  const keep = keepDescribed({ writer: store.writer, notes: { infoOf }, clock: manualClock() })
  for (const ids of [[ALPHA, BETA], [ALPHA, BETA], [BETA], [ALPHA, BETA]]) {
    const members = ids.map((memberId) => ({ memberId, name: '' }))
    await keep(
      { clusterId: '7', members, listed: ids, voters: 2 },
      { data: undefined, reset: undefined, isHolding: false },
    )
  }
  expect(store.described.map(({ members }) => members.map(({ memberId }) => memberId))).toEqual([
    [ALPHA, BETA],
    [ALPHA],
  ])
})
