import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import {
  allRanges,
  beginMonitor,
  current,
  drawn,
  NOW,
  openMonitor,
  panel,
  ranges,
  status,
} from '../../../test/a-monitor.tsx'
import { aMember, anEndpoint } from '../../../test/answers.ts'
import { refusal } from '../../../test/render-page.tsx'
import { endSession } from '../../api/session.ts'

beforeEach(beginMonitor)
afterEach(() => endSession('out'))

describe('members', () => {
  it('are all drawn, or one with all series of each panel', async () => {
    const view = openMonitor()
    await drawn(view)
    const legend = panel('Raft Proposals').getByRole('table')
    await expect.element(legend.getByRole('button', { name: 'etcd-7 leader' })).toBeVisible()
    await page.getByRole('button', { name: 'etcd-8', exact: true }).first().click()
    await expect.poll(() => view.url()).toBe('/monitor?member=8')
    await expect.element(legend.getByRole('button', { name: 'Pending' })).toBeVisible()
    await expect.poll(() => ranges(view).at(-1)?.query.get('member_id')).toBe('8')
  })

  it('show another series of a panel, which the address says', async () => {
    const view = openMonitor()
    await drawn(view)
    await panel('WAL Fsync Duration').getByRole('button', { name: 'P99' }).click()
    const metric = 'etcd_disk_wal_fsync_duration_seconds_p99'
    await expect.poll(() => view.url()).toBe(`/monitor?pick=chartWALFsync:${metric}`)
    await expect.poll(() => allRanges(view).at(-1)?.query.get('metrics')).toContain(metric)
    await panel('WAL Fsync Duration').getByRole('button', { name: 'P50' }).click()
    await expect.poll(() => view.url()).toBe('/monitor')
  })

  it('that are not listed have left the cluster only when there is a history of them', async () => {
    const known = { timestamp: NOW, member_id: '123', metrics: {}, observations: {}, unknown_metrics: [] }
    const answers = (one: () => object) => ({
      current: ({ query }: { query: URLSearchParams }) =>
        query.get('member_id') === 'all' ? current() : one(),
    })
    const gone = openMonitor(
      '/monitor?member=123',
      answers(() => known),
    )
    await expect
      .element(page.getByLabelText('Members'))
      .toHaveDisplayValue('000000000000007b, left the cluster')
    gone.unmount()
    openMonitor(
      '/monitor?member=123',
      answers(() => refusal(404, 'member_not_found')),
    )
    await expect
      .element(page.getByLabelText('Members'))
      .toHaveDisplayValue('000000000000007b, no such member is known')
  })

  it('of one are not chosen from', async () => {
    const view = openMonitor('/monitor', {
      status: () => status({ members: [aMember('7', { is_leader: true })] }),
    })
    await drawn(view)
    expect(ranges(view)[0]?.query.get('member_id')).toBe('7')
    expect(page.getByRole('button', { name: 'All members' }).elements()).toHaveLength(0)
  })

  it('that are down are named by banner, chip and choice, with the time of their last scrape', async () => {
    const members = [aMember('7', { is_leader: true }), aMember('8'), aMember('9', { status: 'unreachable' })]
    const reasons = [
      { code: 'member_unreachable' as const, message: 'etcd-9 did not answer', member_id: '9' },
    ]
    openMonitor('/monitor', {
      status: () =>
        status({
          members,
          health: { state: 'degraded', reasons },
          endpoints: [anEndpoint(), anEndpoint({ ok: false, stage: 'tcp', error: 'connection refused' })],
        }),
    })
    await expect
      .element(page.getByRole('region', { name: 'Notices' }))
      .toMatchTextContent(/etcd-9 does not answer since/)
    await expect.element(page.getByRole('button', { name: 'etcd-9, does not answer' })).toBeVisible()
    await page.getByRole('button', { name: /^Degraded 2\/3/ }).click()
    await expect.element(page.getByRole('dialog')).toMatchTextContent(/connection refused/)
    await userEvent.keyboard('{Escape}')
    await expect.element(page.getByRole('button', { name: /^Degraded 2\/3/ })).toHaveFocus()
  })
})
