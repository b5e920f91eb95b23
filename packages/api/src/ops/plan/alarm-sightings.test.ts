import { memoryEtcdCluster } from '@etcdmonitor/adapters/memory/memory-etcd-cluster'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import type { Run } from '@etcdmonitor/core/ports/run-store'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { noHistory, SETTINGS } from '../../api-rig.contract.ts'
import { CLUSTER, NEWEST, NOW, openStore } from '../../dashboard-rig.contract.ts'
import { createAlarmSightings } from './alarm-sightings.ts'

const SECOND = 1_000
const PROOF = 1_800 * SECOND
const ALARM = { memberId: '10', type: 'CORRUPT' }
const MEMBERS = ['10', '20', '30'].map((id) => ({ id, name: `m${id}` }))

let now: number
let runs: Run[]
let store: Awaited<ReturnType<typeof openStore>>
beforeEach(async () => {
  now = NOW
  runs = []
  store = await openStore()
  onTestFinished(() => store[Symbol.asyncDispose]())
})

const ended = (startedAt: number, over: Partial<Run>): Run => ({
  ...{ id: `R${runs.length}`, operation: 'hashkv', clusterId: CLUSTER, accountId: 'A', username: 'admin' },
  ...{ params: {}, state: 'succeeded', steps: [], cancelRequested: false },
  ...{ startedAt, updatedAt: startedAt, finishedAt: startedAt },
  ...over,
})
/** A comparison that found all voters equal. */
const compareAt = (at: number) =>
  runs.push(
    ended(at, {
      result: { verdict: 'consistent', results: MEMBERS.map(({ id }) => ({ member_id: id, hash: 7 })) },
    }),
  )

/** What a process says that looks now; by the samples where there are some. */
async function open(metrics = store.reader) {
  const etcd = memoryEtcdCluster({ clock: manualClock(NOW), members: MEMBERS, clusterId: CLUSTER })
  const view = await etcd.view()
  const sightings = createAlarmSightings(
    {
      state: {
        now: async () => now,
        runs: {
          list: async ({ from = 0, operation }) =>
            runs.filter((run) => run.operation === operation && run.startedAt >= from).toReversed(),
        },
      },
      ...{ metrics, settings: SETTINGS },
    },
    { corruptProof: PROOF },
  )
  const isProven = (active = [ALARM]) =>
    sightings.isProven(ALARM, { view, clusterId: CLUSTER, epoch: 0 }, active)
  return { ...sightings, isProven }
}

/** Counts of CORRUPT alarms that all members show, the last 3 s ago, 30 s apart; a gap where there is none. */
const sample = (...counts: (number | undefined)[]) => sampleUntil(NEWEST, counts)

async function sampleUntil(newest: number, counts: readonly (number | undefined)[]): Promise<void> {
  for (const [index, value] of counts.entries()) {
    const at = newest - (counts.length - 1 - index) * 30 * SECOND
    const scalars = value === undefined ? [] : [{ source: 'alarm_corrupt' as const, labels: {}, value }]
    const members = MEMBERS.map(({ id }) => ({ memberId: id, scalars, histograms: [] }))
    await store.writer.append({ clusterId: CLUSTER, at, members })
  }
}

it('takes the first sample that shows the alarm, in every process alike, also after a restart', async () => {
  await sample(0, 0, 1, 1, 1)
  compareAt(NOW - 110 * SECOND)
  for (const one of [await open(), await open()]) expect(await one.isProven()).toBe(false)
  compareAt(NOW - 60 * SECOND)
  for (const one of [await open(), await open()]) expect(await one.isProven()).toBe(true)
})

it('believes no comparison that began before the alarm by the clock of a collector that is behind', async () => {
  await sampleUntil(NEWEST - 120 * SECOND, [0, 1, 1])
  compareAt(NOW - 70 * SECOND)
  expect(await (await open()).isProven()).toBe(false)
  compareAt(NOW - 20 * SECOND)
  expect(await (await open()).isProven()).toBe(true)
})

it('takes its own first sight where the collector that saw the alarm is down', async () => {
  await sample(0, 1)
  const process = await open()
  now += 300 * SECOND
  await process.see([ALARM])
  compareAt(now + SECOND)
  now += 300 * SECOND
  expect(await process.isProven()).toBe(true)
  expect(await (await open()).isProven()).toBe(false)
})

it('takes its own first sight where no sample shows the alarm yet', async () => {
  await sample(0, 0)
  compareAt(NOW - 5 * SECOND)
  const process = await open()
  expect(await process.isProven()).toBe(false)
  await process.see([ALARM])
  expect(await process.isProven()).toBe(false)
  compareAt(NOW)
  expect(await process.isProven()).toBe(true)
  expect(await (await open()).isProven()).toBe(false)
})

it('takes its own first sight where the store has nothing', async () => {
  const process = await open(noHistory)
  await process.see([ALARM])
  compareAt(NOW)
  expect(await process.isProven()).toBe(true)
})

it.each<[string, (number | undefined)[]]>([
  ['went and came back', [1, 0, 1]],
  ['was joined by another', [1, 1, 2]],
  ['may have been gone while nobody looked', [1, undefined, undefined, undefined, undefined, 1]],
])('counts an alarm that %s as seen anew', async (_, counts) => {
  await sample(...counts)
  const active = Array.from({ length: counts.at(-1) ?? 0 }, (__, i) => ({
    ...ALARM,
    memberId: `${10 * (i + 1)}`,
  }))
  compareAt(NOW - 60 * SECOND)
  expect(await (await open()).isProven(active)).toBe(false)
  compareAt(NOW)
  expect(await (await open()).isProven(active)).toBe(true)
})

it('believes a comparison no longer than the proof lasts, nor after the alarm was disarmed', async () => {
  await sample(...Array.from({ length: 70 }, () => 1))
  compareAt(NOW - PROOF - SECOND)
  expect(await (await open()).isProven()).toBe(false)
  compareAt(NOW - PROOF + SECOND)
  expect(await (await open()).isProven()).toBe(true)
  const params = { member_id: ALARM.memberId, alarm_type: ALARM.type }
  runs.push(ended(NOW - 20 * SECOND, { operation: 'alarm_disarm', params }))
  expect(await (await open()).isProven()).toBe(false)
})
