import { describe, expect, it } from 'vitest'
import { aPanel, aWindow } from '../../../test/answers.ts'
import { en } from '../../i18n/en.ts'
import { levelLines } from './level-lines.ts'
import { type PanelMode, panelMode } from './panel-mode.ts'

const WAL = 'etcd_disk_wal_fsync_duration_seconds'
const wal = aPanel('chartWALFsync')
const size = aPanel('chartDBSize')
const overlay = (panel = wal): PanelMode => panelMode(panel, { picks: new Map() }, 'all', [])
const single: PanelMode = { kind: 'member', id: '7' }

describe('level lines', () => {
  it('are the tiers of the metric that is drawn', () => {
    expect(levelLines(wal, single, undefined, en)).toEqual([
      { value: 0.01, colour: 'notice', label: 'notice 10 ms', axis: 'left' },
      { value: 0.05, colour: 'warn', label: 'warning 50 ms', axis: 'left' },
      { value: 0.5, colour: 'crit', label: 'critical 500 ms', axis: 'left' },
    ])
    expect(levelLines(wal, overlay(wal), undefined, en)).toEqual([])
    const p99 = panelMode(wal, { picks: new Map([['chartWALFsync', `${WAL}_p99`]]) }, 'all', [])
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

  it('of a series by label concern the series over all of them', () => {
    const rtt = aPanel('chartPeerRTT')
    expect(levelLines(rtt, single, undefined, en)).toHaveLength(3)
    const picks = new Map([[rtt.id, 'etcd_network_peer_round_trip_time_seconds_p99']])
    expect(levelLines(rtt, panelMode(rtt, { picks }, 'all', []), undefined, en)).toHaveLength(3)
    expect(levelLines(rtt, overlay(rtt), undefined, en)).toEqual([])
  })

  it('at fixed values stand on the axis of their series', () => {
    const compaction = aPanel('chartMVCCCompaction')
    expect(levelLines(compaction, single, undefined, en)).toEqual([
      { value: 0.1, colour: 'notice', label: 'warning 100 ms', axis: 'right' },
      { value: 0.5, colour: 'crit', label: 'critical 500 ms', axis: 'right' },
    ])
    expect(levelLines(compaction, overlay(compaction), undefined, en)).toEqual([])
    const picks = new Map([[compaction.id, 'etcd_mvcc_db_compaction_pause_duration_p99']])
    const pause = levelLines(compaction, panelMode(compaction, { picks }, 'all', []), undefined, en)
    expect(pause.map(({ axis }) => axis)).toEqual(['left', 'left'])
  })
})
