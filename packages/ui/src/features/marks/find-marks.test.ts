import { expect, it } from 'vitest'
import { aRun } from '../../../test/a-run.ts'
import { aMember, aWindow } from '../../../test/answers.ts'
import { en } from '../../i18n/en.ts'
import { findMarks } from './find-marks.ts'

const members = [aMember('7'), aMember('8')]
const data = aWindow({
  '7': { process_restarts: { values: [null, 0, 0, 0, 0, 0] } },
  '8': { process_restarts: { values: [null, 0, 2, 0, 1, 0] } },
})
const none = { members, runs: [], dataSince: 0 }

it('marks restarts of the members that are drawn, at their slots', () => {
  const told = (ids: string[]) => findMarks(ids, data, none, en).map(({ at, text }) => [at, text])
  expect(told(['7', '8'])).toEqual([
    [20_000, 'etcd-8 restarted, 2 times'],
    [40_000, 'etcd-8 restarted'],
  ])
  expect(told(['7'])).toEqual([])
})

it('marks operations with who began them and how they ended, and the way to them', () => {
  const runs = [
    aRun({ started_at: 50, operation: 'defragment', state: 'failed' }),
    aRun({ started_at: 30, operation: 'move_leader', username: 'eve', state: 'succeeded' }),
  ]
  expect(findMarks(['7'], data, { ...none, runs }, en)).toEqual([
    expect.objectContaining({ at: 30_000, icon: 'ok', text: 'Move leader, succeeded, by eve' }),
    expect.objectContaining({
      at: 50_000,
      icon: 'crit',
      text: 'Defragment, failed, by admin',
      href: '/operations?task=runs&run=01JD8Z6QW0ABCDEFGHJKMNPQRS',
    }),
  ])
})

it('marks the time from which on the data is other data', () => {
  const marks = findMarks(['7'], data, { ...none, dataSince: 25_000 }, en)
  expect(marks.map(({ at, text }) => [at, text])).toEqual([[25_000, 'The data was wiped or restored']])
})

it('marks nothing outside of the window, and of many the newest', () => {
  const runs = [
    aRun({ started_at: 61 }),
    ...Array.from({ length: 60 }, (_, second) => aRun({ started_at: second })),
  ]
  const at = findMarks([], data, { ...none, runs }, en).map((mark) => mark.at / 1_000)
  expect([at.length, at[0], at.at(-1)]).toEqual([50, 10, 59])
})
