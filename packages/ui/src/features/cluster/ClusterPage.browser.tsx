import '../../styles/tokens.css'
import '../../styles/base.css'
import { describe, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { NOW, status } from '../../../test/a-monitor.tsx'
import { findViolations } from '../../../test/a11y.ts'
import { aMember } from '../../../test/answers.ts'
import { answerRange } from '../../../test/range-answer.ts'
import { type Answer, refusal, renderPage } from '../../../test/render-page.tsx'
import { signedInAt } from '../../../test/signed-in.ts'
import type { CurrentAnswer, StatusAnswer } from '../../api/answers.ts'
import { changePrefs } from '../../prefs.ts'
import { SessionLayout } from '../shell/SessionLayout.tsx'
import { ClusterPage } from './ClusterPage.tsx'

const HOSTILE = '<img src=x onerror="alert(1)">'

const members = [
  aMember('10276657743932975437', {
    name: 'etcd-1',
    is_leader: true,
    version: '3.5.21',
    db_size: 3_478_923_509,
    raft_term: '3',
    raft_index: '53115',
    endpoint: 'https://10.9.0.4:2379',
  }),
  aMember('8', { version: '3.5.18', db_size: 3_478_923_509, raft_term: '3', raft_index: '52870' }),
  aMember('9', { status: 'unreachable', errors: ['tcp: connection refused'], db_size: 3_400_000_000 }),
]
const sampled = (age: number, stale: boolean) => ({
  sample_time: NOW - age,
  age_seconds: age,
  stale,
  metrics: { etcd_disk_wal_fsync_duration_seconds_p99: 0.0081, etcd_mvcc_db_quota_usage_ratio: 0.81 },
  observations: {},
})
const current = (): CurrentAnswer => ({
  timestamp: NOW,
  members: { '10276657743932975437': sampled(3, false), '8': sampled(3, false), '9': sampled(240, true) },
  unknown_metrics: [],
})

const Page = () => (
  <SessionLayout>
    <ClusterPage />
  </SessionLayout>
)
const open = (changes: Partial<StatusAnswer> = {}, more: Readonly<Record<string, Answer>> = {}) =>
  renderPage(Page, '/cluster', {
    status: () => status({ members, ...changes }),
    current,
    range: (asked) => answerRange(asked, NOW),
    ...more,
  })
const row = (name: RegExp) => page.getByRole('row', { name })

signedInAt(1_440, 900)

describe('the Cluster page', () => {
  it('says how the cluster is, and how many members more may fail', async () => {
    open()
    await expect
      .element(
        page.getByText(/2 of 3 voters answer, leader etcd-1.*no alarms\. No further member may fail\./),
      )
      .toBeVisible()
  })

  it('shows members side by side, and marks which one differs and why', async () => {
    const { container } = open()
    await expect.element(page.getByRole('columnheader', { name: /etcd-1 ?leader/ })).toBeVisible()
    await expect.element(row(/Version 3\.5\.21 another version than most members: 3\.5\.18/)).toBeVisible()
    await expect.element(row(/Raft term \/ index 3 \/ 53115 245 entries behind: 3 \/ 52870/)).toBeVisible()
    await expect.element(row(/Status healthy healthy unreachable ?tcp: connection refused/)).toBeVisible()
    await expect.element(row(/Last scrape \d+ s ago \d+ s ago .*4 min ago/)).toBeVisible()
    await expect.element(row(/Member ID 8e9e05c52164694d/)).toBeVisible()
    expect(container.querySelectorAll('.cluster-cell[data-old]').length).toBeGreaterThan(0)
  })

  it('asks for the hour of all members in one request, and for the day of the leader', async () => {
    const { asked } = open()
    await expect.element(row(/WAL fsync p99/)).toBeVisible()
    await expect.poll(() => asked.filter(({ path }) => path === 'range').length).toBe(2)
    const [hour, day] = asked
      .filter(({ path }) => path === 'range')
      .toSorted((one) => (one.query.get('range') === '1h' ? -1 : 1))
    expect(Object.fromEntries(hour?.query ?? [])).toMatchObject({ member_id: 'all', format: 'columns' })
    expect(Object.fromEntries(day?.query ?? [])).toMatchObject({
      member_id: '10276657743932975437',
      metrics: 'etcd_server_is_leader',
      range: '24h',
      agg: 'min',
    })
  })

  it('leads to the member’s charts, and offers its ids', async () => {
    const view = open()
    await page.getByRole('button', { name: 'More for etcd-1' }).click()
    await expect.element(page.getByRole('menuitem', { name: 'Copy ID, hexadecimal' })).toBeVisible()
    await expect.element(page.getByRole('menuitem', { name: 'Copy ID, decimal' })).toBeVisible()
    await page.getByRole('menuitem', { name: 'Copy address' }).click()
    await expect.element(page.getByRole('status').getByText(/10\.9\.0\.4:2379/)).toBeVisible()
    await page.getByRole('link', { name: 'Monitor: etcd-1' }).click()
    expect(view.url()).toBe('/monitor?member=10276657743932975437')
  })

  it('is a card a member in a narrow window, and puts two side by side when asked to', async () => {
    await page.viewport(390, 844)
    open()
    await expect.element(page.getByRole('region', { name: 'etcd-1' })).toBeVisible()
    await expect
      .element(page.getByRole('region', { name: 'etcd-9' }))
      .toMatchTextContent(/tcp: connection refused/)
    await page.getByRole('combobox', { name: 'Compare' }).selectOptions('etcd-1 and etcd-9')
    await expect.element(page.getByRole('columnheader', { name: /etcd-9/ })).toBeVisible()
    await expect.element(page.getByRole('columnheader', { name: /etcd-8/ })).not.toBeInTheDocument()
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(390)
  })

  it('keeps the members while the newest values cannot be had, and says why', async () => {
    open({}, { current: () => refusal(503, 'storage_unavailable') })
    await expect.element(row(/DB size 3\.24 GiB/)).toBeVisible()
    await expect.element(page.getByRole('button', { name: 'Try again' })).toBeVisible()
  })

  it('says that nobody was seen yet', async () => {
    open({ members: [], health: { state: 'unknown', reasons: [] } })
    await expect.element(page.getByText(/No member of the cluster is known yet: no endpoint/)).toBeVisible()
  })

  it('shows a hostile name as text', async () => {
    open({ members: [aMember('7', { name: HOSTILE, is_leader: true })] })
    await expect.element(page.getByText(HOSTILE, { exact: true })).toBeVisible()
  })

  it.each(['dark', 'light'] as const)('has no flaw that axe finds, %s', async (theme) => {
    changePrefs({ theme })
    open()
    await expect.element(row(/WAL fsync p99 8\.10 ms/)).toBeVisible()
    expect(await findViolations()).toEqual([])
  })
})
