import { describe, expect, it } from 'vitest'
import { aMember, aPanel, aWindow } from '../../../test/answers.ts'
import { drawnMembers, type PanelMode, panelAxes, panelMetrics, panelMode } from './panel-mode.ts'

const proposals = aPanel('chartRaftProposals')
const size = aPanel('chartDBSize')
const overlay = (panel = proposals): PanelMode => panelMode(panel, { picks: new Map() }, 'all', [])
const single: PanelMode = { kind: 'member', id: '7' }

describe('what is drawn', () => {
  it('is the first series of all members until another is picked', () => {
    expect(overlay()).toMatchObject({ series: { label: 'Committed' } })
    const picks = new Map([['chartRaftProposals', 'etcd_server_proposals_pending']])
    expect(panelMode(proposals, { picks }, 'all', [])).toMatchObject({ series: { label: 'Pending' } })
    const wrong = new Map([['chartRaftProposals', 'go_goroutines']])
    expect(panelMode(proposals, { picks: wrong }, 'all', [])).toMatchObject({
      series: { label: 'Committed' },
    })
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
    expect(panelAxes(proposals, single)).toEqual({ left: 'per_second', right: 'count', y: null })
    const picks = new Map([['chartRaftProposals', 'etcd_server_proposals_pending']])
    expect(panelAxes(proposals, panelMode(proposals, { picks }, 'all', []))).toEqual({
      left: 'count',
      right: null,
      y: null,
    })
  })

  it('lists members in their order, then those that have left, by id', () => {
    const data = aWindow({ '30': {}, '9': {}, '7': {} })
    expect(drawnMembers(overlay(), [aMember('8'), aMember('7')], data)).toEqual(['8', '7', '9', '30'])
  })
})

describe('a series by label', () => {
  const panel = aPanel('chartPeerRTTByPeer')
  const members = [aMember('7'), aMember('8', { is_leader: true }), aMember('9')]
  const mode = (member: string, pick?: string) =>
    panelMode(panel, { picks: new Map(pick ? [[panel.id, pick]] : []) }, member, members)

  it('is that of one member: the one of the page, or the leader until another is chosen', () => {
    expect(mode('9')).toMatchObject({ kind: 'labels', id: '9' })
    expect(mode('all')).toMatchObject({ kind: 'labels', id: '8' })
    expect(mode('all', 'member_7')).toMatchObject({ kind: 'labels', id: '7' })
    expect(mode('all', 'member_6')).toMatchObject({ kind: 'labels', id: '8' })
  })
})

it('keeps the ends of a share alone when that is what is drawn', () => {
  const ratio = aPanel('chartFragmentationRatio')
  expect(panelAxes(ratio, overlay(ratio)).y).toEqual([0, 1])
  expect(panelAxes(ratio, single).y).toEqual([0, 1])
})
