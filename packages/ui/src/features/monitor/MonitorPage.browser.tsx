import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import {
  allRanges,
  beginMonitor,
  current,
  currents,
  drawn,
  NOW,
  openMonitor,
  panel,
  ranges,
  status,
} from '../../../test/a-monitor.tsx'
import { anEndpoint } from '../../../test/answers.ts'
import { answerRange } from '../../../test/range-answer.ts'
import { endSession } from '../../api/session.ts'

beforeEach(beginMonitor)
afterEach(() => endSession('out'))

describe('what is asked', () => {
  it('is one request for all panels in sight', async () => {
    const view = openMonitor()
    await drawn(view)
    const [first] = ranges(view)
    expect(ranges(view)).toHaveLength(1)
    expect(Object.fromEntries(first?.query ?? [])).toMatchObject({
      format: 'columns',
      include: 'stats',
      member_id: 'all',
      range: '1h',
    })
    const names = (first?.query.get('metrics') ?? '').split(',')
    expect(names).toContain('collector_up')
    expect(names).toContain('etcd_server_leader_changes_seen_total_increase')
    expect(names).not.toContain('process_cpu_usage_percent')
    expect(names).toEqual([...new Set(names)].sort())
  })

  it('has the extremes of each slot where it holds several scrapes, in a request of its own', async () => {
    const view = openMonitor('/monitor?range=1h')
    await drawn(view)
    const [banded, ...others] = allRanges(view).filter(({ query }) => query.get('include') === 'stats,band')
    expect(others).toEqual([])
    expect(banded?.query.get('metrics')).toContain('etcd_server_proposals_commit_apply_lag')
    expect(banded?.query.get('metrics')).not.toContain('slow_apply')
  })

  it('follows the page down', async () => {
    const view = openMonitor()
    await drawn(view)
    panel('Memory').element().scrollIntoView()
    await expect.poll(() => ranges(view)).toHaveLength(2)
    expect(ranges(view)[1]?.query.get('metrics')).toContain('process_resident_memory_bytes')
  })

  it('is asked again by hand, for all at once, and put into the charts that are there', async () => {
    const view = openMonitor()
    await drawn(view)
    const canvases = [...view.container.querySelectorAll('canvas')]
    await page.getByRole('button', { name: 'Refresh now' }).click()
    await expect.poll(() => ranges(view)).toHaveLength(2)
    await expect.poll(() => currents(view)).toHaveLength(4)
    expect([...view.container.querySelectorAll('canvas')]).toEqual(canvases)
  })

  it('grows old on the page, whether or not it is asked again', async () => {
    await drawn(openMonitor('/monitor?refresh=off'))
    await expect.element(page.getByText('3 s ago', { exact: true })).toBeVisible()
  })
})

describe('without data', () => {
  it('and without an endpoint, the page says how far each one was reached', async () => {
    openMonitor('/monitor', {
      status: () =>
        status({
          members: [],
          history: { from: null, single_scrapes_from: null },
          health: { state: 'unknown', reasons: [{ code: 'no_view', message: '' }] },
          endpoints: [
            anEndpoint({
              endpoint: 'https://10.0.0.1:2379',
              ok: false,
              stage: 'tls',
              error: 'unknown authority',
            }),
          ],
        }),
    })
    await expect
      .element(page.getByText('No data yet: the configured endpoint does not answer.'))
      .toBeVisible()
    await expect.element(page.getByRole('row', { name: /tls unknown authority/ })).toBeVisible()
  })

  it('and before the first probe has ended, the page waits', async () => {
    const waiting = anEndpoint({ ok: false, stage: 'dns', latency_ms: null, checked_at: null })
    openMonitor('/monitor', {
      status: () =>
        status({
          members: [],
          history: { from: null, single_scrapes_from: null },
          health: { state: 'unknown', reasons: [{ code: 'no_view', message: '' }] },
          endpoints: [waiting, waiting],
        }),
    })
    await expect
      .element(page.getByText('No data yet: waiting for the first answer of 2 endpoints.'))
      .toBeVisible()
  })

  it('and without a collector, the page names it', async () => {
    openMonitor('/monitor', {
      status: () =>
        status({
          history: { from: null, single_scrapes_from: null },
          collector: { last_cycle_at: null, age_seconds: null, stale: true },
        }),
    })
    await expect.element(page.getByText(/the collector has not reported/)).toBeVisible()
  })

  it('at the beginning, panels count down to the first points', async () => {
    openMonitor('/monitor', {
      status: () =>
        status({
          history: { from: NOW, single_scrapes_from: NOW },
          collector: { last_cycle_at: NOW, age_seconds: 0, stale: false },
        }),
      range: (asked) => answerRange(asked, NOW, () => null),
    })
    await expect.element(panel('Raft Proposals')).toMatchTextContent(/Collecting\. First points in \d+ s\./)
  })

  it('in an old window, a panel leads to the newest', async () => {
    const view = openMonitor('/monitor?start=1000000000&end=1000003600', {
      current: () => current(999_990_000),
      range: (asked) => answerRange(asked, NOW, () => null),
    })
    const goThere = panel('Raft Proposals').getByRole('button', { name: 'Go there' })
    await expect.element(panel('Raft Proposals')).toMatchTextContent(/No data between 9 Sep 01:46:40/)
    await goThere.click()
    await expect.poll(() => view.url()).toBe('/monitor?start=999988200&end=999991800')
  })
})
