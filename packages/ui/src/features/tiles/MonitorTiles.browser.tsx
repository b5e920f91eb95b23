import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { beginMonitor, current, currents, drawn, NOW, openMonitor, panel } from '../../../test/a-monitor.tsx'
import { endSession } from '../../api/session.ts'

beforeEach(beginMonitor)
afterEach(() => endSession('out'))

describe('at a glance', () => {
  const values = { process_cpu_usage_percent: 17, etcd_disk_wal_fsync_duration_seconds_p99: 0.06 }
  const given = (metrics: Record<string, number>) => current(NOW - 5, metrics)
  const tiles = page.getByRole('region', { name: 'At a glance' })
  const tile = (text: RegExp) => tiles.getByRole('listitem').filter({ hasText: text })

  it('are seven tiles and seven cards, coloured with a word', async () => {
    openMonitor('/monitor', { current: () => given(values) })
    await expect.element(tile(/CPU Usage/)).toMatchTextContent(/17\.0 %etcd-7 · of one core/)
    await expect.element(tile(/WAL Fsync P99/)).toMatchTextContent(/Warning60\.00 ms/)
    await expect.element(tile(/Memory/)).toMatchTextContent(/-no data/)
    expect(tiles.getByRole('listitem').elements()).toHaveLength(14)
  })

  it('lead to the panel that has the history, and back', async () => {
    const view = openMonitor('/monitor?range=30m', { current: () => given(values) })
    await drawn(view)
    await tiles.getByRole('link', { name: 'CPU Usage' }).click()
    await vi.waitFor(() => expect(view.url()).toBe('/monitor?range=30m&panel=chartCPU'))
    await expect.element(panel('CPU Usage')).toBeVisible()
    await expect.element(panel('Raft Proposals')).not.toBeInTheDocument()
    await expect.element(page.getByRole('button', { name: 'Restore CPU Usage' })).toHaveFocus()
    await userEvent.keyboard('{Escape}')
    await vi.waitFor(() => expect(view.url()).toBe('/monitor?range=30m'))
    await expect.element(panel('Raft Proposals')).toBeVisible()
    await vi.waitFor(() =>
      expect(document.activeElement?.getAttribute('aria-label')).toBe('Maximise CPU Usage'),
    )
    view.back()
    await vi.waitFor(() => expect(view.url()).toContain('panel=chartCPU'))
  })

  it('are asked for by name, the newest values of all members at once', async () => {
    const view = openMonitor('/monitor', { current: () => given(values) })
    await drawn(view)
    const [, asked] = currents(view)
    expect(asked?.query.get('member_id')).toBe('all')
    const names = (asked?.query.get('metrics') ?? '').split(',')
    expect(names).toContain('etcd_mvcc_db_quota_usage_ratio')
    expect(names.length).toBeLessThan(30)
  })
})
