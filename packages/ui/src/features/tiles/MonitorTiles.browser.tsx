import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import {
  beginMonitor,
  current,
  currents,
  drawn,
  NOW,
  openMonitor,
  panel,
  status,
} from '../../../test/a-monitor.tsx'
import { aMember } from '../../../test/answers.ts'
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

  it('say how old an old value is, unless its clock is ahead of ours', async () => {
    const sampled = (at: number) => {
      const given = current(at, values)
      const old = { ...given.members['7'], stale: true }
      return { ...given, members: { '7': old, '8': old, '9': old } }
    }
    const late = openMonitor('/monitor', { current: () => sampled(NOW - 3_600) })
    await expect.element(tile(/CPU Usage/)).toMatchTextContent(/1 h old$/)
    late.unmount()
    openMonitor('/monitor', { current: () => sampled(NOW + 3_600) })
    await expect.element(tile(/CPU Usage/)).toMatchTextContent(/age not known$/)
  })

  it('list the members where they are counted, under the pointer and with the focus, and switch to one', async () => {
    const members = [
      aMember('7', { is_leader: true }),
      aMember('8', { status: 'unreachable' }),
      aMember('9', { is_learner: true, status: 'learner' }),
    ]
    const view = openMonitor('/monitor', { status: () => status({ members }) })
    await drawn(view)
    const count = tiles.getByRole('button', { name: '1 / 2' })
    const list = page.getByRole('button', { name: /etcd-8 ?follower, unreachable/ })
    await count.hover()
    await expect.element(list).toBeVisible()
    await userEvent.hover(document.querySelector('h2') as Element)
    await expect.element(list).not.toBeInTheDocument()
    count.element().focus()
    await expect.element(tiles.getByRole('button', { name: /etcd-7 ?leader/ })).toBeVisible()
    await userEvent.keyboard('{Escape}')
    await expect.element(list).not.toBeInTheDocument()
    await count.click()
    await tiles.getByRole('button', { name: /etcd-9 ?learner/ }).click()
    await expect.poll(() => view.url()).toContain('member=9')
    await expect.element(list).not.toBeInTheDocument()
  })

  it('lead to the panel that has the history, and back', async () => {
    const view = openMonitor('/monitor?range=30m', { current: () => given(values) })
    await drawn(view)
    await tiles.getByRole('link', { name: 'CPU Usage' }).click()
    await expect.poll(() => view.url()).toBe('/monitor?range=30m&panel=chartCPU')
    await expect.element(panel('CPU Usage')).toBeVisible()
    await expect.element(panel('Raft Proposals')).not.toBeInTheDocument()
    await expect.element(page.getByRole('button', { name: 'Restore CPU Usage' })).toHaveFocus()
    await userEvent.keyboard('{Escape}')
    await expect.poll(() => view.url()).toBe('/monitor?range=30m')
    await expect.element(panel('Raft Proposals')).toBeVisible()
    await expect.poll(() => document.activeElement?.getAttribute('aria-label')).toBe('Maximise CPU Usage')
    view.back()
    await expect.poll(() => view.url()).toContain('panel=chartCPU')
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
