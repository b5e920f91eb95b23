import '../../styles/tokens.css'
import '../../styles/base.css'
import { FURTHER_PANELS } from '@etcdmonitor/core/metrics/further-panels'
import { PANELS, SECTIONS } from '@etcdmonitor/core/metrics/panels'
import { BANNER, CARDS } from '@etcdmonitor/core/metrics/tiles'
import type { Component } from 'solid-js'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { findViolations } from '../../../test/a11y.ts'
import { aMember, anEndpoint, aStatus } from '../../../test/answers.ts'
import { isMarked, pseudoLocale } from '../../../test/pseudo-locale.ts'
import { answerRange } from '../../../test/range-answer.ts'
import { type Answer, refusal, renderPage } from '../../../test/render-page.tsx'
import { endSession, openSession } from '../../api/session.ts'
import { MessagesContext } from '../../i18n/messages-context.ts'
import { changePrefs, currentPrefs } from '../../prefs.ts'
import { SessionLayout } from '../shell/SessionLayout.tsx'
import { MonitorPage } from './MonitorPage.tsx'

const NOW = Math.floor(Date.now() / 1_000)
const status = (changes: Parameters<typeof aStatus>[0] = {}) =>
  aStatus({
    timestamp: NOW,
    history: { from: NOW - 7_200, single_scrapes_from: NOW - 7_200 },
    collector: { last_cycle_at: NOW - 5, age_seconds: 5, stale: false },
    ...changes,
  })
const current = (sampledAt: number | null = NOW - 5) => {
  const member = { sample_time: sampledAt, age_seconds: 5, stale: false, metrics: {}, observations: {} }
  return { timestamp: NOW, members: { '7': member, '8': member, '9': member }, unknown_metrics: [] }
}
const Page = () => (
  <SessionLayout>
    <MonitorPage />
  </SessionLayout>
)
const open = (start = '/monitor', answers: Readonly<Record<string, Answer>> = {}, of: Component = Page) =>
  renderPage(of, start, {
    status: () => status(),
    current: () => current(),
    range: (asked) => answerRange(asked, NOW),
    'auth/logout': () => ({ message: 'Logged out' }),
    ...answers,
  })
const panel = (name: string) => page.getByRole('region', { name, exact: true })
const allRanges = ({ asked }: ReturnType<typeof open>) => asked.filter(({ path }) => path === 'range')
/** Without those of panels that need the extremes of each slot. */
const ranges = (view: ReturnType<typeof open>) =>
  allRanges(view).filter(({ query }) => query.get('include') === 'stats')
/** Two at a time: when members were scraped, and what the tiles tell. */
const currents = ({ asked }: ReturnType<typeof open>) => asked.filter(({ path }) => path === 'current')
/** Charts are there, and so is their data. */
const drawn = async (view: ReturnType<typeof open>) => {
  await expect.element(panel('Raft Proposals').getByRole('cell').first()).toMatchTextContent(/\d/)
  expect(view.container.querySelectorAll('canvas').length).toBeGreaterThan(0)
  await vi.waitFor(() => expect(currents(view)).toHaveLength(2), { timeout: 10_000 })
}

beforeEach(async () => {
  await page.viewport(1440, 900)
  localStorage.clear()
  changePrefs({ lastUser: '', theme: 'dark', timeZone: 'utc', monitor: { range: '1h' } })
  openSession({ token: 'good', username: 'admin', expiresAt: 0 })
})
afterEach(() => endSession('out'))

describe('what is asked', () => {
  it('is one request for all panels in sight', async () => {
    const view = open()
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
    const view = open('/monitor?range=1h')
    await drawn(view)
    const [banded, ...others] = allRanges(view).filter(({ query }) => query.get('include') === 'stats,band')
    expect(others).toEqual([])
    expect(banded?.query.get('metrics')).toContain('etcd_server_proposals_commit_apply_lag')
    expect(banded?.query.get('metrics')).not.toContain('slow_apply')
  })

  it('follows the page down', async () => {
    const view = open()
    await drawn(view)
    panel('Memory').element().scrollIntoView()
    await vi.waitFor(() => expect(ranges(view)).toHaveLength(2))
    expect(ranges(view)[1]?.query.get('metrics')).toContain('process_resident_memory_bytes')
  })

  it('is asked again by hand, for all at once, and put into the charts that are there', async () => {
    const view = open()
    await drawn(view)
    const canvases = [...view.container.querySelectorAll('canvas')]
    await page.getByRole('button', { name: 'Refresh now' }).click()
    await vi.waitFor(() => expect(ranges(view)).toHaveLength(2))
    await vi.waitFor(() => expect(currents(view)).toHaveLength(4))
    expect([...view.container.querySelectorAll('canvas')]).toEqual(canvases)
  })

  it('grows old on the page, whether or not it is asked again', async () => {
    await drawn(open('/monitor?refresh=off'))
    await expect.element(page.getByText('3 s ago', { exact: true })).toBeVisible()
  })
})

describe('the window', () => {
  it('of somebody who never chose one covers what there is', async () => {
    changePrefs({ monitor: {} })
    const view = open('/monitor', {
      status: () => status({ history: { from: NOW - 400, single_scrapes_from: NOW - 400 } }),
    })
    await vi.waitFor(() => expect(view.url()).toBe('/monitor?range=10m'))
    await drawn(view)
    expect(ranges(view)[0]?.query.get('range')).toBe('10m')
    expect(currentPrefs().monitor.range).toBeUndefined()
  })

  it('is the last one of this browser, and the choice is kept', async () => {
    changePrefs({ monitor: { range: '6h', member: '8', refresh: '60' } })
    const view = open()
    await vi.waitFor(() => expect(view.url()).toBe('/monitor?member=8&range=6h&refresh=60'))
    await page.getByRole('button', { name: 'Window: Last 6 hours' }).click()
    await page.getByRole('button', { name: 'Last 24 hours' }).click()
    await vi.waitFor(() => expect(view.url()).toBe('/monitor?member=8&range=24h&refresh=60'))
    expect(currentPrefs().monitor.range).toBe('24h')
    view.back()
    await vi.waitFor(() => expect(view.url()).toBe('/monitor?member=8&range=6h&refresh=60'))
    await expect.element(page.getByRole('button', { name: 'Window: Last 6 hours' })).toBeVisible()
  })

  it('is the last one of this browser whenever the address says nothing, again and again', async () => {
    changePrefs({ monitor: { range: '6h', member: '8', refresh: '60' } })
    const view = open()
    await vi.waitFor(() => expect(view.url()).toBe('/monitor?member=8&range=6h&refresh=60'))
    await page.getByRole('button', { name: 'Earlier by half of the window' }).click()
    await vi.waitFor(() => expect(view.url()).toContain('start='))
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Monitor' }).click()
    await vi.waitFor(() => expect(view.url()).toBe('/monitor?member=8&range=6h&refresh=60'))
    view.back()
    await vi.waitFor(() => expect(view.url()).toContain('start='))
  })

  it('that was chosen stays, though the address need not say it', async () => {
    changePrefs({ monitor: { range: '6h' } })
    const view = open('/monitor?range=6h')
    await page.getByRole('button', { name: 'Window: Last 6 hours' }).click()
    await page.getByRole('button', { name: 'Last 1 hour', exact: true }).click()
    await vi.waitFor(() => expect(view.url()).toBe('/monitor'))
    changePrefs({ monitor: { range: '24h' } })
    await drawn(view)
    expect(view.url()).toBe('/monitor')
  })

  it('that the address spoils is replaced, and named', async () => {
    const view = open('/monitor?range=1h30m&refresh=60')
    await expect.element(page.getByText(/range=1h30m in the address/)).toBeVisible()
    expect(view.url()).toBe('/monitor?refresh=60')
  })

  it('is zoomed by a drag, finds back, and goes live', async () => {
    const view = open('/monitor?range=30m')
    await drawn(view)
    await drag(view.container, 0.25, 0.75)
    await vi.waitFor(() => expect(view.url()).toMatch(/^\/monitor\?start=\d+&end=\d+$/))
    await vi.waitFor(() => expect(ranges(view).at(-1)?.query.has('start')).toBe(true))
    const { start, end } = Object.fromEntries(ranges(view).at(-1)?.query ?? [])
    expect(Math.abs(Number(end) - Number(start) - 900)).toBeLessThanOrEqual(30)
    await expect.element(page.getByText('Fixed window')).toBeVisible()
    await page.getByRole('button', { name: 'Reset zoom' }).click()
    await vi.waitFor(() => expect(view.url()).toBe('/monitor?range=30m'))
    view.back()
    await vi.waitFor(() => expect(view.url()).toContain('start='))
    await page.getByRole('button', { name: 'Go live' }).click()
    await vi.waitFor(() => expect(view.url()).toBe('/monitor'))
  })
})

describe('a typed window', () => {
  const fields = page.getByRole('region', { name: 'Window' })
  const openPicker = async () => {
    const view = open('/monitor?range=30m')
    await drawn(view)
    await page.getByRole('button', { name: 'Window: Last 30 minutes' }).click()
    return view
  }

  it('is read in the zone of the reader, and refused where it cannot be', async () => {
    const view = await openPicker()
    await fields.getByLabelText('From').fill('2026-09-21T14:00:00')
    await fields.getByLabelText('To').fill('2026-09-21T13:00:00')
    await fields.getByRole('button', { name: 'Apply' }).click()
    await expect.element(fields.getByText('End must be after start')).toBeVisible()
    expect(view.url()).toBe('/monitor?range=30m')
    await fields.getByLabelText('To').fill('2026-09-21T15:30:00')
    await fields.getByRole('button', { name: 'Apply' }).click()
    await vi.waitFor(() => expect(view.url()).toBe('/monitor?start=1789999200&end=1790004600'))
    await expect
      .element(page.getByRole('button', { name: 'Window: 21 Sep 14:00 – 15:30 (UTC)' }))
      .toHaveFocus()
  })

  it('is left by Esc, and by a click beside it', async () => {
    await openPicker()
    await userEvent.keyboard('{Escape}')
    await expect.element(fields).not.toBeInTheDocument()
    await page.getByRole('button', { name: 'Window: Last 30 minutes' }).click()
    await expect.element(fields).toBeVisible()
    await page.getByRole('heading', { name: 'Monitor' }).click()
    await expect.element(fields).not.toBeInTheDocument()
  })
})

it('is shifted and widened by buttons, each of which Back undoes', async () => {
  const view = open('/monitor?start=1000000000&end=1000003600')
  await drawn(view)
  await page.getByRole('button', { name: 'Earlier by half of the window' }).click()
  await vi.waitFor(() => expect(view.url()).toBe('/monitor?start=999998200&end=1000001800'))
  await page.getByRole('button', { name: 'Later by half of the window' }).click()
  await vi.waitFor(() => expect(view.url()).toBe('/monitor?start=1000000000&end=1000003600'))
  await page.getByRole('button', { name: 'Zoom out' }).click()
  await vi.waitFor(() => expect(view.url()).toBe('/monitor?start=999998200&end=1000005400'))
  view.back()
  await vi.waitFor(() => expect(view.url()).toBe('/monitor?start=1000000000&end=1000003600'))
  view.back()
  await vi.waitFor(() => expect(view.url()).toBe('/monitor?start=999998200&end=1000001800'))
})

describe('members', () => {
  it('are all drawn, or one with all series of each panel', async () => {
    const view = open()
    await drawn(view)
    const legend = panel('Raft Proposals').getByRole('table')
    await expect.element(legend.getByRole('button', { name: 'etcd-7 leader' })).toBeVisible()
    await page.getByRole('button', { name: 'etcd-8', exact: true }).first().click()
    await vi.waitFor(() => expect(view.url()).toBe('/monitor?member=8'))
    await expect.element(legend.getByRole('button', { name: 'Pending' })).toBeVisible()
    await vi.waitFor(() => expect(ranges(view).at(-1)?.query.get('member_id')).toBe('8'))
  })

  it('show another series of a panel, which the address says', async () => {
    const view = open()
    await drawn(view)
    await panel('WAL Fsync Duration').getByRole('button', { name: 'P99' }).click()
    const metric = 'etcd_disk_wal_fsync_duration_seconds_p99'
    await vi.waitFor(() => expect(view.url()).toBe(`/monitor?pick=chartWALFsync:${metric}`))
    await vi.waitFor(() => expect(allRanges(view).at(-1)?.query.get('metrics')).toContain(metric))
    await panel('WAL Fsync Duration').getByRole('button', { name: 'P50' }).click()
    await vi.waitFor(() => expect(view.url()).toBe('/monitor'))
  })

  it('that are not listed have left the cluster only when there is a history of them', async () => {
    const known = { timestamp: NOW, member_id: '123', metrics: {}, observations: {}, unknown_metrics: [] }
    const answers = (one: () => object) => ({
      current: ({ query }: { query: URLSearchParams }) =>
        query.get('member_id') === 'all' ? current() : one(),
    })
    const gone = open(
      '/monitor?member=123',
      answers(() => known),
    )
    await expect
      .element(page.getByLabelText('Members'))
      .toHaveDisplayValue('000000000000007b, left the cluster')
    gone.unmount()
    open(
      '/monitor?member=123',
      answers(() => refusal(404, 'member_not_found')),
    )
    await expect
      .element(page.getByLabelText('Members'))
      .toHaveDisplayValue('000000000000007b, no such member is known')
  })

  it('of one are not chosen from', async () => {
    const view = open('/monitor', { status: () => status({ members: [aMember('7', { is_leader: true })] }) })
    await drawn(view)
    expect(ranges(view)[0]?.query.get('member_id')).toBe('7')
    expect(page.getByRole('button', { name: 'All members' }).elements()).toHaveLength(0)
  })

  it('that are down are named by banner, chip and choice, with the time of their last scrape', async () => {
    const members = [aMember('7', { is_leader: true }), aMember('8'), aMember('9', { status: 'unreachable' })]
    const reasons = [
      { code: 'member_unreachable' as const, message: 'etcd-9 did not answer', member_id: '9' },
    ]
    open('/monitor', {
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

describe('a legend', () => {
  it('shows the numbers of the window, hides a line and shows it alone', async () => {
    const view = open('/monitor', { range: (asked) => answerRange(asked, NOW, (member) => Number(member)) })
    await drawn(view)
    const legend = panel('Raft Proposals').getByRole('table')
    const row = legend.getByRole('row', { name: /etcd-8/ })
    await expect.element(row).toMatchTextContent(/8\/s8\/s8\/s8\/s/)
    const button = legend.getByRole('button', { name: 'etcd-8' })
    await button.click()
    await expect.element(button).toHaveAttribute('aria-pressed', 'false')
    button.element().dispatchEvent(new MouseEvent('click', { bubbles: true, ctrlKey: true }))
    await expect.element(button).toHaveAttribute('aria-pressed', 'true')
    await expect
      .element(legend.getByRole('button', { name: 'etcd-9' }))
      .toHaveAttribute('aria-pressed', 'false')
    await page.getByRole('button', { name: 'Refresh now' }).click()
    await vi.waitFor(() => expect(ranges(view)).toHaveLength(2))
    await expect
      .element(legend.getByRole('button', { name: 'etcd-9' }))
      .toHaveAttribute('aria-pressed', 'false')
  })
})

describe('without data', () => {
  it('and without an endpoint, the page says how far each one was reached', async () => {
    open('/monitor', {
      status: () =>
        status({
          members: [],
          history: { from: null, single_scrapes_from: null },
          health: { state: 'unknown', reasons: [{ code: 'no_view', message: '' }] },
          endpoints: [anEndpoint({ ok: false, stage: 'tls', error: 'unknown authority' })],
        }),
    })
    await expect
      .element(page.getByText('No data yet: the configured endpoint does not answer.'))
      .toBeVisible()
    await expect.element(page.getByRole('row', { name: /tls unknown authority/ })).toBeVisible()
  })

  it('and before the first probe has ended, the page waits', async () => {
    const waiting = anEndpoint({ ok: false, stage: 'dns', latency_ms: null, checked_at: null })
    open('/monitor', {
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
    open('/monitor', {
      status: () =>
        status({
          history: { from: null, single_scrapes_from: null },
          collector: { last_cycle_at: null, age_seconds: null, stale: true },
        }),
    })
    await expect.element(page.getByText(/the collector has not reported/)).toBeVisible()
  })

  it('at the beginning, panels count down to the first points', async () => {
    open('/monitor', {
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
    const view = open('/monitor?start=1000000000&end=1000003600', {
      current: () => current(999_990_000),
      range: (asked) => answerRange(asked, NOW, () => null),
    })
    const goThere = panel('Raft Proposals').getByRole('button', { name: 'Go there' })
    await expect.element(panel('Raft Proposals')).toMatchTextContent(/No data between 9 Sep 01:46:40/)
    await goThere.click()
    await vi.waitFor(() => expect(view.url()).toBe('/monitor?start=999988200&end=999991800'))
  })
})

describe('a failure', () => {
  it('says why and offers another try', async () => {
    let fails = true
    const view = open('/monitor', {
      range: (asked) =>
        fails ? refusal(400, 'too_many_points', { detail: '200 fit' }) : answerRange(asked, NOW),
    })
    const raft = panel('Raft Proposals')
    await expect
      .element(raft)
      .toMatchTextContent(/Too many points for this window\..*200 fit.*too_many_points/)
    fails = false
    await raft.getByRole('button', { name: 'Try again' }).click()
    await expect.element(raft.getByRole('button', { name: 'Try again' })).not.toBeInTheDocument()
    expect(ranges(view).length).toBeGreaterThan(1)
  })

  it('of a refresh keeps the picture and marks it', async () => {
    let fails = false
    const view = open('/monitor', {
      range: (asked) => (fails ? refusal(500, 'internal') : answerRange(asked, NOW)),
    })
    await drawn(view)
    fails = true
    await page.getByRole('button', { name: 'Refresh now' }).click()
    await expect
      .element(panel('Raft Proposals'))
      .toMatchTextContent(/Not updated since .*: A fault in etcdmonitor/)
    await expect
      .element(panel('Raft Proposals').getByRole('row', { name: /etcd-7/ }))
      .toMatchTextContent(/1\/s/)
  })
})

describe('a session', () => {
  it('that has ended is asked for once, over the page, which goes on with it', async () => {
    let isOver = false
    const deny = () => refusal(401, 'unauthenticated')
    const view = open('/monitor?range=30m', {
      status: () => (isOver ? deny() : status()),
      current: () => (isOver ? deny() : current()),
      range: (asked) => (isOver ? deny() : answerRange(asked, NOW)),
      'auth/login': () => {
        isOver = false
        return {
          username: 'admin',
          expires_at: 0,
          session_token: 'new',
          must_change_password: false,
          authenticated: true,
        }
      },
    })
    await drawn(view)
    const canvases = [...view.container.querySelectorAll('canvas')]
    isOver = true
    await page.getByRole('button', { name: 'Refresh now' }).click()
    const dialog = page.getByRole('dialog', { name: 'Your session has ended' })
    await expect.element(dialog).toBeVisible()
    expect(document.querySelectorAll('dialog')).toHaveLength(1)
    await expect.element(dialog.getByLabelText('User name')).toHaveValue('admin')
    await userEvent.keyboard('{Escape}')
    await userEvent.keyboard('{Escape}')
    await expect.element(dialog).toBeVisible()
    const before = view.asked.length
    await dialog.getByLabelText('Password', { exact: true }).fill('again')
    await userEvent.keyboard('{Enter}')
    await expect.element(dialog).not.toBeInTheDocument()
    expect(view.url()).toBe('/monitor?range=30m')
    expect([...view.container.querySelectorAll('canvas')]).toEqual(canvases)
    await vi.waitFor(() => expect(view.asked.slice(before).map(({ path }) => path)).toContain('range'))
  })

  it('that is near its end can be renewed', async () => {
    openSession({ token: 'good', username: 'admin', expiresAt: NOW + 200 })
    open()
    await page.getByRole('button', { name: 'Sign in again' }).click()
    await expect.element(page.getByRole('dialog', { name: 'Sign in again' })).toBeVisible()
    await userEvent.keyboard('{Escape}')
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument()
    await expect.element(page.getByRole('button', { name: 'Sign in again' })).toHaveFocus()
  })

  it('is ended by signing out, whatever the server says', async () => {
    const view = open('/monitor', { 'auth/logout': () => refusal(503, 'auth_store_unavailable') })
    await page.getByRole('button', { name: 'Account admin' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await vi.waitFor(() => expect(view.url()).toBe('/login'))
    expect(sessionStorage).toHaveLength(0)
    expect(view.asked.at(-1)).toMatchObject({ method: 'POST', path: 'auth/logout' })
  })

  it('is needed', async () => {
    endSession('out')
    const view = open('/monitor?range=6h')
    await vi.waitFor(() => expect(view.url()).toBe('/login?next=%2Fmonitor%3Frange%3D6h'))
    expect(view.asked).toEqual([])
  })
})

it.each(['dark', 'light'] as const)('can be used by everybody in the %s theme', async (theme) => {
  changePrefs({ theme })
  const view = open()
  await drawn(view)
  expect(await findViolations()).toEqual([])
})

it('fits a phone', async () => {
  await page.viewport(360, 800)
  const view = open()
  await drawn(view)
  await vi.waitFor(() => expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360))
})

it('takes every text from the catalogue, and holds longer ones', async () => {
  const Translated = () => (
    <MessagesContext.Provider value={pseudoLocale}>
      <Page />
    </MessagesContext.Provider>
  )
  const members = [aMember('7', { is_leader: true }), aMember('8'), aMember('9', { status: 'unreachable' })]
  const reasons = [{ code: 'member_unreachable' as const, message: 'server words', member_id: '9' }]
  const view = open(
    '/monitor',
    { status: () => status({ members, health: { state: 'degraded', reasons } }) },
    Translated,
  )
  await drawn(view)
  const foreign = textsOf(view.container).filter(
    (text) => !isMarked(text) && !NOT_OURS.test(text) && !NAMES.has(text),
  )
  expect(foreign).toEqual([])
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(1440)
})

/** Names of etcd's things and of panels, numbers with their units, what the server says, names of accounts. */
const NOT_OURS = /^(etcd-\d|admin|server words|[-\d.,:/ ]*(K|M|[KMG]?i?B|ms|µs|s|%)?(\/s)?)$/
const NAMES = new Set([
  ...[...BANNER, ...CARDS].map(({ title }) => title),
  ...SECTIONS.map(({ title }) => title),
  ...[...PANELS, ...FURTHER_PANELS].flatMap(({ title, series }) => [
    title,
    ...series.map(({ label }) => label),
  ]),
])

function textsOf(root: Node): string[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  const texts: string[] = []
  while (walker.nextNode()) texts.push(walker.currentNode.textContent?.trim() ?? '')
  return texts.filter((text) => text !== '')
}

/** Selects a part of the first plot, from and to shares of its width. */
async function drag(container: HTMLElement, from: number, to: number) {
  const over = container.querySelector('.u-over') ?? expect.unreachable('no plot')
  const { left, top, width } = over.getBoundingClientRect()
  const steps = [
    ['mousemove', from, over],
    ['mousedown', from, over],
    ['mousemove', to, over],
    ['mouseup', to, document],
  ] as const
  for (const [type, at, target] of steps) {
    const clientX = left + width * at
    target.dispatchEvent(new MouseEvent(type, { bubbles: true, movementX: 1, clientX, clientY: top + 40 }))
    await new Promise(requestAnimationFrame)
    await new Promise(requestAnimationFrame)
  }
}

describe('sections', () => {
  it('fold away with their panels, which are not asked for then, and stay so', async () => {
    const view = open()
    await drawn(view)
    const heading = page.getByRole('button', { name: 'Raft & Server' })
    await heading.click()
    await expect.element(heading).toHaveAttribute('aria-expanded', 'false')
    await expect.element(panel('Raft Proposals')).not.toBeInTheDocument()
    expect(currentPrefs().monitor.folded).toEqual(['raft'])
    await vi.waitFor(() => expect(panel('Database Size').element().querySelector('canvas')).not.toBeNull())
    const before = ranges(view).length
    await page.getByRole('button', { name: 'Refresh now' }).click()
    await vi.waitFor(() => expect(ranges(view).length).toBeGreaterThan(before))
    expect(ranges(view).at(-1)?.query.get('metrics')).not.toContain('proposals')
  })

  it('show the panels that are hidden by default when asked', async () => {
    const view = open()
    await drawn(view)
    await expect.element(panel('Member State')).not.toBeInTheDocument()
    await page.getByRole('button', { name: 'Show all panels' }).first().click()
    await expect.element(panel('Member State')).toBeInTheDocument()
    await page.getByRole('button', { name: 'Lease Management' }).click()
    await expect.element(panel('Lease Activity')).toBeInTheDocument()
  })
})

describe('what the API does not know', () => {
  it('is said in its panel, and breaks no other', async () => {
    const view = open('/monitor', {
      range: (asked) => {
        const names = (asked.query.get('metrics') ?? '').split(',')
        asked.query.set('metrics', names.filter((name) => !name.includes('leader_changes')).join(','))
        return {
          ...answerRange(asked, NOW),
          unknown_metrics: ['etcd_server_leader_changes_seen_total_increase'],
        }
      },
    })
    await drawn(view)
    await expect
      .element(panel('Leader Changes'))
      .toMatchTextContent(/The API of this console does not serve this metric/)
  })

  it('is said where etcd exports it only when told to', async () => {
    changePrefs({
      monitor: { range: '1h', extended: ['grpc'], folded: ['raft', 'disk', 'storage', 'network', 'runtime'] },
    })
    open('/monitor', {
      range: (asked) => answerRange(asked, NOW, (_, metric) => (metric === 'collector_up' ? 1 : null)),
    })
    await expect.element(panel('gRPC Unary Latency')).toBeInTheDocument()
    panel('gRPC Unary Latency').element().scrollIntoView()
    await expect
      .element(panel('gRPC Unary Latency'))
      .toMatchTextContent(/etcd exports this only with --metrics extensive/)
    await expect.element(panel('Open Streams')).toMatchTextContent(/etcd 3.4.30 does not export this metric/)
  })
})

it('shows series by label of one member, chosen in the head of the panel', async () => {
  changePrefs({
    monitor: { range: '1h', extended: ['network'], folded: ['raft', 'disk', 'storage', 'grpc', 'runtime'] },
  })
  const metric = 'etcd_network_peer_round_trip_time_seconds_p99_by_peer'
  const view = open('/monitor', {
    range: (asked) => {
      const names = (asked.query.get('metrics') ?? '').split(',')
      const keys = names.flatMap((name) =>
        name === metric ? ['7', '8', '9'].map((id) => `${name}{peer="${id}"}`) : [name],
      )
      asked.query.set('metrics', keys.join(','))
      return answerRange(asked, NOW, (member, key) => (key.includes(`peer="${member}"`) ? null : 0.01))
    },
  })
  const rtt = panel('Round Trip Time by Peer (P99)')
  await expect.element(rtt.getByRole('row', { name: /etcd-9/ })).toMatchTextContent(/10.00 ms/)
  await rtt.getByRole('combobox').selectOptions('etcd-9')
  await vi.waitFor(() => expect(view.url()).toBe('/monitor?pick=chartPeerRTTByPeer:member_9'))
  await expect.element(rtt.getByRole('row', { name: /etcd-9/ })).toMatchTextContent(/no data/)
})

describe('at a glance', () => {
  const values = { process_cpu_usage_percent: 17, etcd_disk_wal_fsync_duration_seconds_p99: 0.06 }
  const given = (metrics: Record<string, number>) => ({
    timestamp: NOW,
    unknown_metrics: [],
    members: Object.fromEntries(
      ['7', '8', '9'].map((id) => [
        id,
        { sample_time: NOW - 5, age_seconds: 5, stale: false, metrics, observations: {} },
      ]),
    ),
  })
  const tiles = page.getByRole('region', { name: 'At a glance' })
  const tile = (text: RegExp) => tiles.getByRole('listitem').filter({ hasText: text })

  it('are seven tiles and seven cards, coloured with a word', async () => {
    open('/monitor', { current: () => given(values) })
    await expect.element(tile(/CPU Usage/)).toMatchTextContent(/17\.0 %etcd-7 · of one core/)
    await expect.element(tile(/WAL Fsync P99/)).toMatchTextContent(/Warning60\.00 ms/)
    await expect.element(tile(/Memory/)).toMatchTextContent(/-no data/)
    expect(tiles.getByRole('listitem').elements()).toHaveLength(14)
  })

  it('lead to the panel that has the history, and back', async () => {
    const view = open('/monitor?range=30m', { current: () => given(values) })
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
    const view = open('/monitor', { current: () => given(values) })
    await drawn(view)
    const [, asked] = currents(view)
    expect(asked?.query.get('member_id')).toBe('all')
    const names = (asked?.query.get('metrics') ?? '').split(',')
    expect(names).toContain('etcd_mvcc_db_quota_usage_ratio')
    expect(names.length).toBeLessThan(30)
  })
})

it('shows a panel that is hidden by default alone when the address says so', async () => {
  const view = open('/monitor?panel=chartLeaseActivity')
  await expect.element(panel('Lease Activity').getByRole('cell').first()).toMatchTextContent(/\d/)
  expect(view.url()).toContain('panel=chartLeaseActivity')
})

it('shows all panels when the address names one that there is not', async () => {
  const view = open('/monitor?range=30m&panel=chartOfTomorrow')
  await expect.element(panel('Raft Proposals').getByRole('cell').first()).toMatchTextContent(/\d/)
  expect(view.url()).toBe('/monitor?range=30m')
})
