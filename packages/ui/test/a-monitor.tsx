import '../src/styles/tokens.css'
import '../src/styles/base.css'
import { FURTHER_PANELS } from '@etcdmonitor/core/metrics/further-panels'
import { completeLayout, type PanelLayout } from '@etcdmonitor/core/metrics/panel-layout'
import { PANELS } from '@etcdmonitor/core/metrics/panels'
import type { Component } from 'solid-js'
import { expect } from 'vitest'
import { page } from 'vitest/browser'
import { openSession } from '../src/api/session.ts'
import { MonitorPage } from '../src/features/monitor/MonitorPage.tsx'
import { SessionLayout } from '../src/features/shell/SessionLayout.tsx'
import { changePrefs } from '../src/prefs.ts'
import { aStatus } from './answers.ts'
import { answerRange } from './range-answer.ts'
import { type Answer, type RenderedPage, renderPage } from './render-page.tsx'

const ALL_PANELS = [...PANELS, ...FURTHER_PANELS].toSorted((one, other) => one.order - other.order)
export const NOW = Math.floor(Date.now() / 1_000)

/** As the API completes what is stored. */
export const answerLayout = (stored?: PanelLayout) => completeLayout(stored, ALL_PANELS)

/** Three members that are well, with two hours of history. */
export const status = (changes: Parameters<typeof aStatus>[0] = {}) =>
  aStatus({
    timestamp: NOW,
    history: { from: NOW - 7_200, single_scrapes_from: NOW - 7_200 },
    collector: { last_cycle_at: NOW - 5, age_seconds: 5, stale: false },
    ...changes,
  })

/** Newest values of all members, the same of each. */
export const current = (sampledAt: number | null = NOW - 5, metrics: Record<string, number> = {}) => {
  const member = { sample_time: sampledAt, age_seconds: 5, stale: false, metrics, observations: {} }
  return { timestamp: NOW, members: { '7': member, '8': member, '9': member }, unknown_metrics: [] }
}

export const Monitor = () => (
  <SessionLayout>
    <MonitorPage />
  </SessionLayout>
)

/** Before each test: a desktop, an hour, a session. */
export async function beginMonitor(): Promise<void> {
  await page.viewport(1440, 900)
  localStorage.clear()
  changePrefs({ lastUser: '', theme: 'dark', timeZone: 'utc', monitor: { range: '1h' } })
  openSession({ token: 'good', username: 'admin', expiresAt: 0 })
}

export const openMonitor = (
  start = '/monitor',
  answers: Readonly<Record<string, Answer>> = {},
  of: Component = Monitor,
): RenderedPage =>
  renderPage(of, start, {
    status: () => status(),
    current: () => current(),
    range: (asked) => answerRange(asked, NOW),
    'user/panel-config': () => answerLayout(),
    'auth/logout': () => ({ message: 'Logged out' }),
    ...answers,
  })

export const panel = (name: string) => page.getByRole('region', { name, exact: true })

/** Of panels: how long the leader leads is asked for by itself. */
export const allRanges = ({ asked }: RenderedPage) =>
  asked.filter(({ path, query }) => path === 'range' && !query.has('agg'))

/** Without those of panels that need the extremes of each slot. */
export const ranges = (view: RenderedPage) =>
  allRanges(view).filter(({ query }) => query.get('include') === 'stats')

/** Two at a time: when members were scraped, and what the tiles tell. */
export const currents = ({ asked }: RenderedPage) => asked.filter(({ path }) => path === 'current')

/** Charts are there, and so is their data. */
export async function drawn(view: RenderedPage): Promise<void> {
  await expect.element(panel('Raft Proposals').getByRole('cell').first()).toMatchTextContent(/\d/)
  expect(view.container.querySelectorAll('canvas').length).toBeGreaterThan(0)
  await expect.poll(() => currents(view)).toHaveLength(2)
}
