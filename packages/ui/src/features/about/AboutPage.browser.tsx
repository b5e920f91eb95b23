import '../../styles/tokens.css'
import '../../styles/base.css'
import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { findViolations } from '../../../test/a11y.ts'
import { aMember, aStatus } from '../../../test/answers.ts'
import { type Answer, refusal, renderPage } from '../../../test/render-page.tsx'
import { signedInAt } from '../../../test/signed-in.ts'
import { changePrefs } from '../../prefs.ts'
import { SessionLayout } from '../shell/SessionLayout.tsx'
import { AboutPage } from './AboutPage.tsx'

const NOW = Math.floor(Date.now() / 1_000)
const About = () => (
  <SessionLayout>
    <AboutPage />
  </SessionLayout>
)
const members = [aMember('7', { version: '3.4.30' }), aMember('8', { version: '3.6.16' })]
const open = (answers: Readonly<Record<string, Answer>> = {}) =>
  renderPage(About, '/about', {
    status: () =>
      aStatus({
        timestamp: NOW,
        cluster_id: '255',
        members,
        collector: { last_cycle_at: NOW - 7, age_seconds: 7, stale: false },
      }),
    current: () => ({ timestamp: NOW, members: {}, unknown_metrics: [] }),
    debug: () => ({
      timestamp: NOW,
      app: { version: '0.1.0', node: '24.15.0', uptime_seconds: 3_720, started_at: NOW - 3_720 },
      stores: { metrics: { driver: 'influxdb', status: 'ok' }, state: { driver: 'postgres', status: 'ok' } },
    }),
    '/readyz': () => ({ status: 'ready', checks: {} }),
    ...answers,
  })
const panel = (name: string) => page.getByRole('region', { name, exact: true })

signedInAt(1_440, 900)

it('says what runs here, on what, and since when', async () => {
  open()
  await expect
    .element(panel('Console'))
    .toMatchTextContent(
      /Version0\.1\.0Node24\.15\.0Started.*, 1 h 2 min agoTakes requestsyesCollectorlast wrote \d+ s ago/,
    )
  await expect
    .element(panel('Cluster'))
    .toMatchTextContent(/Cluster ID00000000000000ffetcd3\.4\.30, 3\.6\.16Scraped every10 sHistory kept7 days/)
  await expect
    .element(panel('Stores'))
    .toMatchTextContent(/Time seriesInfluxDB, okAccounts and audit logPostgreSQL, ok/)
})

it('says why something is not known, and goes on with the rest', async () => {
  open({
    debug: () => refusal(404, 'not_found'),
    '/readyz': () => new Response('{"status":"not_ready","checks":{}}', { status: 503 }),
    status: () =>
      aStatus({
        timestamp: NOW,
        cluster_id: '',
        members: [],
        storage: { metrics: 'unavailable', state: 'ok' },
      }),
  })
  await expect
    .element(panel('Console'))
    .toMatchTextContent(/Nodenot known: server\.debug_endpoint is switched off.*Takes requestsno: a balancer/)
  await expect.element(panel('Cluster')).toMatchTextContent(/etcdnot known: no member has answered yet/)
  await expect.element(panel('Stores')).toMatchTextContent(/switched off, does not answer/)
})

it('leads to what was shipped with it, and saves the description of the API with the session', async () => {
  const view = open({ 'openapi.json': () => ({ openapi: '3.1.0' }) })
  await expect
    .element(page.getByRole('link', { name: 'Licences of bundled packages' }))
    .toHaveAttribute('href', expect.stringMatching(/\/licences\.txt$/))
  await page.getByRole('button', { name: 'Save' }).click()
  await expect.element(page.getByText('openapi.json is saved.')).toBeVisible()
  expect(view.asked.filter(({ path }) => path === 'openapi.json')).toHaveLength(1)
})

it.each(['dark', 'light'] as const)('can be used by everybody, %s, also on a phone', async (theme) => {
  changePrefs({ theme })
  await page.viewport(390, 844)
  open()
  await expect.element(panel('Stores')).toMatchTextContent(/PostgreSQL/)
  expect(await findViolations()).toEqual([])
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(390)
})
