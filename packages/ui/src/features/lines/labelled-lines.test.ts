import { expect, it } from 'vitest'
import { aMember, aPanel, aWindow } from '../../../test/answers.ts'
import { en } from '../../i18n/en.ts'
import { labelledLines } from './labelled-lines.ts'

const [byPeer] = aPanel('chartPeerRTTByPeer').series
const [byMethod] = aPanel('chartGRPCMethods').series
const members = [aMember('7'), aMember('8'), aMember('9')]

it('names peers by their member, in its colour', () => {
  const key = (peer: string) => `etcd_network_peer_round_trip_time_seconds_p99_by_peer{peer="${peer}"}`
  const columns = aWindow({
    '7': {
      [key('9')]: { values: [2], last: 2 },
      [key('8')]: { values: [1], last: 1 },
      go_goroutines: { values: [5] },
    },
  }).members.get('7')
  const lines = byPeer ? labelledLines(byPeer, columns, members, en.panel) : []
  expect(lines.map(({ name, colour, values }) => [name, colour, values])).toEqual([
    ['etcd-8', 'orange', [1]],
    ['etcd-9', 'green', [2]],
  ])
})

it('shows the eight busiest methods and the sum of the rest, whose extremes nobody knows', () => {
  const entries = Array.from({ length: 10 }, (_, rank) => [
    `grpc_server_handled_rate_by_method{method="M${rank}"}`,
    { values: [rank, rank === 0 ? null : rank], last: rank },
  ])
  const columns = aWindow({ '7': Object.fromEntries(entries) }).members.get('7')
  const lines = byMethod ? labelledLines(byMethod, columns, members, en.panel) : []
  expect(lines.map(({ name }) => name)).toEqual(['M9', 'M8', 'M7', 'M6', 'M5', 'M4', 'M3', 'M2', 'other (2)'])
  expect(lines.at(-1)).toMatchObject({
    values: [1, 1],
    stats: { min: null, max: null, avg: 1, last: 1 },
  })
})

it('has no line where the API gave none', () => {
  expect(byPeer && labelledLines(byPeer, undefined, members, en.panel)).toEqual([])
})
