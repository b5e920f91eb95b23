import { PANELS } from '@etcdmonitor/core/metrics/panels'
import { describe, expect, it } from 'vitest'
import { aMember, aPanel, aWindow, NO_FACTS } from '../../../test/answers.ts'
import { en } from '../../i18n/en.ts'
import {
  drawnMembers,
  levelLines,
  type PanelMode,
  panelAxes,
  panelMetrics,
  panelMode,
  toColumns,
} from './panel-model.ts'

const WAL = 'etcd_disk_wal_fsync_duration_seconds'
const proposals = aPanel('chartRaftProposals')
const wal = aPanel('chartWALFsync')
const size = aPanel('chartDBSize')
const overlay = (panel = proposals): PanelMode => panelMode(panel, { picks: new Map() }, 'all')
const single: PanelMode = { kind: 'member', id: '7' }

describe('what is drawn', () => {
  it('is the first series of all members until another is picked', () => {
    expect(overlay()).toMatchObject({ series: { label: 'Committed' } })
    const picks = new Map([['chartRaftProposals', 'etcd_server_proposals_pending']])
    expect(panelMode(proposals, { picks }, 'all')).toMatchObject({ series: { label: 'Pending' } })
    const wrong = new Map([['chartRaftProposals', 'go_goroutines']])
    expect(panelMode(proposals, { picks: wrong }, 'all')).toMatchObject({ series: { label: 'Committed' } })
  })

  it('asks for the lines, the quota where it is drawn, and who was scraped', () => {
    expect(panelMetrics(size, single)).toEqual([
      'etcd_mvcc_db_total_size_in_bytes',
      'etcd_mvcc_db_total_size_in_use_in_bytes',
      'etcd_server_quota_backend_bytes',
      'collector_up',
    ])
    expect(panelMetrics(proposals, overlay())).toEqual([
      'etcd_server_proposals_committed_total_rate',
      'collector_up',
    ])
  })

  it('has the axis of the picked series with all members, both with one', () => {
    expect(panelAxes(proposals, single)).toEqual({ left: 'per_second', right: 'count' })
    const picks = new Map([['chartRaftProposals', 'etcd_server_proposals_pending']])
    expect(panelAxes(proposals, panelMode(proposals, { picks }, 'all'))).toEqual({
      left: 'count',
      right: null,
    })
  })

  it('lists members in their order, then those that have left, by id', () => {
    const data = aWindow({ '30': {}, '9': {}, '7': {} })
    expect(drawnMembers(overlay(), [aMember('8'), aMember('7')], data)).toEqual(['8', '7', '9', '30'])
  })
})

describe('lines of one member', () => {
  it('take colour and dash of the panel', () => {
    const { series } = toColumns(proposals, single, aWindow({ '7': {} }), NO_FACTS, en)
    expect(series.map(({ name, colour, dash, axis }) => [name, colour, dash, axis])).toEqual([
      ['Committed', 'green', 0, 'left'],
      ['Applied', 'blue', 1, 'left'],
      ['Failed', 'red', 2, 'left'],
      ['Pending', 'orange', 3, 'right'],
    ])
  })

  it.each([
    [0.004, 100, 'ok'],
    [0.011, 100, 'notice'],
    [0.051, 100, 'warn'],
    [0.6, 100, 'crit'],
    [0.6, 19, 'gray'],
    [0.6, 20, 'crit'],
    [null, 100, 'gray'],
  ])('colour a tier by its last value %s from %d observations: %s', (last, observations, colour) => {
    const data = aWindow({ '7': { [`${WAL}_p99`]: { values: [last], last } } })
    const current = {
      timestamp: 0,
      unknown_metrics: [],
      members: {
        '7': {
          sample_time: 0,
          age_seconds: 0,
          stale: false,
          metrics: {},
          observations: { [`${WAL}_p99`]: observations },
        },
      },
    }
    const { series } = toColumns(wal, single, data, { ...NO_FACTS, current }, en)
    expect(series.at(-1)?.colour).toBe(colour)
  })
})

describe('lines of all members', () => {
  const data = aWindow({
    '7': { etcd_server_proposals_committed_total_rate: { values: [1, null], last: 1 } },
    '9': {},
  })
  const members = [aMember('7', { is_leader: true }), aMember('8', { name: '' })]
  const { series } = toColumns(proposals, overlay(), data, { ...NO_FACTS, members }, en)

  it('take colour and dash by the place of the member, never an area', () => {
    expect(series.map(({ key, colour, dash, style }) => [key, colour, dash, style])).toEqual([
      ['7', 'blue', 0, 'line'],
      ['8', 'orange', 1, 'line'],
      ['9', 'green', 2, 'line'],
    ])
  })

  it('name the leader, a member without a name, one that has left', () => {
    expect(series.map(({ name, note }) => [name, note])).toEqual([
      ['etcd-7', 'leader'],
      ['0000000000000008', ''],
      ['0000000000000009', 'left the cluster'],
    ])
  })
})

it('marks the last value of a line as old when newer ones should be there', () => {
  const data = aWindow(
    { '7': { process_cpu_usage_percent: { values: [1], last: 1, lastTime: 10 } } },
    { to: 71_000 },
  )
  const stale = (isLive: boolean, to = 71_000) =>
    toColumns(aPanel('chartCPU'), single, { ...data, to }, { ...NO_FACTS, isLive }, en).series[0]?.staleSince
  expect(stale(true)).toBe(10_000)
  expect(stale(false)).toBeUndefined()
  expect(stale(true, 50_000)).toBeUndefined()
})

describe('level lines', () => {
  it('are the tiers of the metric that is drawn', () => {
    expect(levelLines(wal, single, undefined, en)).toEqual([
      { value: 0.01, colour: 'notice', label: 'notice 10 ms', axis: 'left' },
      { value: 0.05, colour: 'warn', label: 'warning 50 ms', axis: 'left' },
      { value: 0.5, colour: 'crit', label: 'critical 500 ms', axis: 'left' },
    ])
    expect(levelLines(wal, overlay(wal), undefined, en)).toEqual([])
    const p99 = panelMode(wal, { picks: new Map([['chartWALFsync', `${WAL}_p99`]]) }, 'all')
    expect(levelLines(wal, p99, undefined, en)).toHaveLength(3)
  })

  it('are shares of the smallest quota', () => {
    const quota = (last: number | null) => ({ etcd_server_quota_backend_bytes: { values: [last], last } })
    const lines = levelLines(size, single, aWindow({ '7': quota(2 * 1024 ** 3), '8': quota(1024 ** 3) }), en)
    expect(lines).toEqual([
      { value: 0.75 * 1024 ** 3, colour: 'notice', label: 'warning 768 MiB', axis: 'left' },
      { value: 0.9 * 1024 ** 3, colour: 'crit', label: 'critical 921.6 MiB', axis: 'left' },
    ])
    for (const unknown of [0, -1, null]) {
      expect(levelLines(size, single, aWindow({ '7': quota(unknown) }), en)).toEqual([])
    }
    expect(levelLines(size, single, undefined, en)).toEqual([])
  })
})

it('can draw every panel in both ways', () => {
  for (const panel of PANELS) {
    for (const mode of [overlay(panel), single]) {
      const { series } = toColumns(
        panel,
        mode,
        aWindow({ '7': {} }),
        { ...NO_FACTS, members: [aMember('7')] },
        en,
      )
      expect(series.length).toBeGreaterThan(0)
    }
  }
})
