import { expect, it } from 'vitest'
import { recordingStore, START, startRig, THREE } from '../collector-rig.contract.ts'

type Rig = Awaited<ReturnType<typeof startRig>>

const answer = ({ cluster }: Pick<Rig, 'cluster'>, revision: string, raftIndex: string) => {
  for (const { id } of THREE) cluster.setStatus(id, { revision, raftIndex })
}

it('F59 tells once that other data lies under the same ids, two ticks after it came, and goes on storing', async () => {
  const rig = await startRig()
  const { clock, store, eventsOf, stop } = rig
  answer(rig, '48211', '90000')
  await clock.advance(35_000)
  answer(rig, '3', '8')
  await clock.advance(30_000)
  expect(eventsOf('data_reset')).toEqual([])
  await clock.advance(120_000)
  expect(eventsOf('data_reset').map(({ level, fields }) => [level, fields])).toEqual([
    [
      'warn',
      {
        cluster_id: '14841639068965178418',
        since: new Date(START + 60_000).toISOString(),
        revision_before: '48211',
        revision_after: '3',
      },
    ],
  ])
  expect(store.batches).toHaveLength(6)
  await stop()
})

it('F59 keeps a reset with the descriptions of all members, also over a restart, and tells it once', async () => {
  const reset = { at: START + 60_000, before: '48211', after: '3' }
  const store = recordingStore()
  const before = await startRig({ store })
  answer(before, '48211', '90000')
  await before.clock.advance(35_000)
  expect(store.described.flatMap(({ members }) => members.map((one) => one.dataReset))).toEqual(
    Array(3).fill(undefined),
  )
  answer(before, '3', '8')
  await before.clock.advance(60_000)
  expect(store.described.at(-1)?.members.map((one) => one.dataReset)).toEqual([reset, reset, reset])
  await before.stop()
  const after = await startRig({ store, prepare: (cluster) => answer({ cluster }, '4', '9') })
  await after.clock.advance(95_000)
  expect(store.described.at(-1)?.members.map((one) => one.dataReset)).toEqual([reset, reset, reset])
  expect(after.eventsOf('data_reset')).toEqual([])
  await after.stop()
})

it('F59 knows after a restart how far the data had come, ten minutes before at most', async () => {
  const store = recordingStore()
  const before = await startRig({ store })
  answer(before, '48211', '90000')
  await before.clock.advance(630_000)
  answer(before, '48999', '91000')
  await before.clock.advance(630_000)
  expect(store.written).toHaveLength(2) // at the first tick, and when it had changed ten minutes later
  await before.stop()
  const after = await startRig({ store, prepare: (cluster) => answer({ cluster }, '3', '8') })
  await after.clock.advance(65_000)
  expect(after.eventsOf('data_reset').map(({ fields }) => fields.revision_before)).toEqual(['48999'])
  await after.stop()
})
