import { expect, it } from 'vitest'
import { aWindow } from '../../../test/answers.ts'
import { alarmRuns } from './alarm-runs.ts'

it('counts from the slot in which some member knew of the alarm, through the silence of others', () => {
  const data = aWindow({
    '7': { etcd_alarm_nospace: { values: [0, 0, 1, null, null] } },
    '8': { etcd_alarm_nospace: { values: [0, 0, 1, 1, 2] } },
  })
  expect([...alarmRuns(data)]).toEqual([['NOSPACE', { length: 30_000, bound: 'least' }]])
})

it('says nothing of a type that no sample tells', () => {
  expect([...alarmRuns(aWindow({ '7': { etcd_alarm_corrupt: { values: [null, null] } } }))]).toEqual([])
})
