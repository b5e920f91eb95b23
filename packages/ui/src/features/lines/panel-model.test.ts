import { FURTHER_PANELS } from '@etcdmonitor/core/metrics/further-panels'
import { PANELS } from '@etcdmonitor/core/metrics/panels'
import { describe, expect, it } from 'vitest'
import { aMember, aPanel, aWindow, NO_FACTS } from '../../../test/answers.ts'
import { en } from '../../i18n/en.ts'
import { type PanelMode, panelMode } from './panel-mode.ts'
import { toColumns } from './panel-model.ts'

const WAL = 'etcd_disk_wal_fsync_duration_seconds'
const proposals = aPanel('chartRaftProposals')
const wal = aPanel('chartWALFsync')
const overlay = (panel = proposals): PanelMode => panelMode(panel, { picks: new Map() }, 'all', [])
const single: PanelMode = { kind: 'member', id: '7' }

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

it('knows which lines count per slot, whose average is the total of the window', () => {
  const { series } = toColumns(aPanel('chartRestarts'), single, aWindow({ '7': {} }), NO_FACTS, en)
  expect(series.map(({ name, isCount }) => [name, isCount])).toEqual([
    ['Restarts', true],
    ['Uptime', false],
  ])
})

it('says nothing of a window where the API has only the newest value to say', () => {
  const said = { values: [7, 9], last: 9 }
  const of = (panel: string, metric: string) => {
    const { series } = toColumns(aPanel(panel), single, aWindow({ '7': { [metric]: said } }), NO_FACTS, en)
    return series.find(({ key }) => key === metric)?.stats
  }
  expect(of('chartMVCCCompaction', 'etcd_mvcc_current_revision')).toMatchObject({
    ...{ min: null, avg: null, max: null },
    last: 9,
  })
  const median = of('chartGC', 'go_gc_duration_seconds_q05')
  expect(median?.avg).toBeNull()
  expect(median?.max).not.toBeNull()
})

it('leaves out requests of versions that nobody uses', () => {
  const data = aWindow({ '7': { etcd_server_client_requests_35_rate: { values: [1], last: 1 } } })
  const { series } = toColumns(aPanel('chartServerHealth'), single, data, NO_FACTS, en)
  expect(series.map(({ name }) => name)).toEqual([
    'Client Requests 3.5',
    'Heartbeat Failures',
    'Health Failures',
    'Read Index Failures',
  ])
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

it('can draw every panel in both ways', () => {
  const members = [aMember('7')]
  for (const panel of [...PANELS, ...FURTHER_PANELS]) {
    const answer = panel.series.map(({ label, metric }) => [
      label.startsWith('{') ? `${metric}{peer="7"}` : metric,
      { values: [1], last: 1 },
    ])
    const data = aWindow({ '7': Object.fromEntries(answer) })
    for (const member of ['all', '7']) {
      const mode = panelMode(panel, { picks: new Map() }, member, members)
      const { series } = toColumns(panel, mode, data, { ...NO_FACTS, members }, en)
      expect(series.map(({ values }) => values)).toEqual(series.map(() => [1]))
      expect(series.length).toBe(member === 'all' ? 1 : panel.series.length)
    }
  }
})
