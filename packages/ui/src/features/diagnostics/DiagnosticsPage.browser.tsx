import '../../styles/tokens.css'
import '../../styles/base.css'
import { describe, expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import { current, NOW, status } from '../../../test/a-monitor.tsx'
import { findViolations } from '../../../test/a11y.ts'
import { aMember, anEndpoint } from '../../../test/answers.ts'
import { renderPage } from '../../../test/render-page.tsx'
import { signedInAt } from '../../../test/signed-in.ts'
import type { StatusAnswer } from '../../api/answers.ts'
import { changePrefs } from '../../prefs.ts'
import { SessionLayout } from '../shell/SessionLayout.tsx'
import { DiagnosticsPage } from './DiagnosticsPage.tsx'

const Page = () => (
  <SessionLayout>
    <DiagnosticsPage />
  </SessionLayout>
)
interface Wanted {
  /** Our etcd user, where it lacks the root role. */
  readonly user?: string
  /** By how much the server's clock is ahead, s; else it stands at `NOW`. */
  readonly ahead?: number
}
const open = (changes: Partial<StatusAnswer> = {}, { user, ahead }: Wanted = {}) =>
  renderPage(Page, '/diagnostics', {
    status: () =>
      status({
        ...(ahead !== undefined && { timestamp: Math.floor(Date.now() / 1_000) + ahead }),
        ...changes,
      }),
    current: () => current(),
    'kv/v3/connect': () => ({ revision: 4_711, etcd_user: user ?? null }),
  })
const refused = anEndpoint({
  endpoint: 'https://etcd-3:2379',
  ok: false,
  stage: 'tls',
  kind: 'tls_name',
  error: 'the certificate is for etcd-3.internal: use one of its names or set etcd.tls_server_name',
  latency_ms: null,
  checked_at: NOW,
})
const panel = (name: string) => page.getByRole('region', { name, exact: true })

signedInAt(1_440, 900)

describe('the Diagnostics page', () => {
  it('shows where the way to an endpoint breaks, why, and what to do', async () => {
    open({ endpoints: [anEndpoint({ endpoint: 'https://etcd-1:2379', checked_at: NOW }), refused] })
    await expect
      .element(page.getByRole('row', { name: /etcd-1:2379( passed){6} 2 ms \d+ s ago/ }))
      .toBeVisible()
    await expect
      .element(page.getByRole('row', { name: /etcd-3:2379 passed passed failed( -? ?not reached){3} -/ }))
      .toBeVisible()
    await expect.element(page.getByText(/TLS: the certificate is for etcd-3\.internal/)).toBeVisible()
    await expect.element(page.getByText(/What to do:.*issue a certificate for this name/)).toBeVisible()
  })

  it('tells a user without the root role that operations will be refused, although every stage passes', async () => {
    open({ endpoints: [anEndpoint({ endpoint: 'https://etcd-1:2379', checked_at: NOW })] }, { user: 'app' })
    await expect.element(page.getByText(/Sign-in: the etcd user "app" lacks the root role/)).toBeVisible()
    await expect
      .element(page.getByRole('row', { name: /passed passed passed passed, without the root role passed/ }))
      .toBeVisible()
    await expect.element(page.getByText(/What to do:.*grant-role/)).toBeVisible()
    expect(await findViolations()).toEqual([])
  })

  it('says how the parts of the console are', async () => {
    open({
      collector: { last_cycle_at: NOW - 240, age_seconds: 240, stale: true },
      storage: { metrics: 'unavailable', state: 'ok' },
    })
    await expect.element(panel('Console')).toMatchTextContent(/failed: ?Collector ?4 min ago/)
    await expect.element(panel('Console')).toMatchTextContent(/failed: ?History ?does not answer/)
    await expect.element(panel('Console')).toMatchTextContent(/ok: ?State store ?ok/)
  })

  it('says that clocks agree', async () => {
    open({}, { ahead: 0 })
    await expect.element(panel('Clocks')).toMatchTextContent(/browser and server differ by less than 2 s/)
  })

  it('says what is worth knowing of the cluster before it hurts', async () => {
    open({
      members: [
        aMember('7', { is_leader: true, version: '3.5.3' }),
        aMember('8', { version: '3.4.23', scrape_error: 'timeout: no whole page in 4 s' }),
      ],
      health: {
        state: 'degraded',
        reasons: [
          { code: 'version_skew', message: 'versions differ: 3.4.23, 3.5.3' },
          { code: 'tls_unverified', message: '' },
        ],
      },
    })
    const found = panel('Cluster')
    await expect.element(found).toMatchTextContent(/versions differ: 3\.4\.23, 3\.5\.3/)
    await expect
      .element(found)
      .toMatchTextContent(/etcd-7 \(3\.5\.3\): 3\.5\.0 to 3\.5\.5 can lose consistency/)
    await expect
      .element(found)
      .toMatchTextContent(/etcd-8 \(3\.4\.23\): this release is no longer maintained/)
    await expect.element(found).toMatchTextContent(/Certificates of etcd are not verified/)
    await expect.element(found).toMatchTextContent(/2 voters tolerate no more failures than 1/)
    await expect.element(panel('Scrapes of members')).toMatchTextContent(/etcd-8.*timeout: no whole page/)
  })

  it('has no calm word while the cluster is not well, whatever the reason', async () => {
    open({
      health: {
        state: 'critical',
        reasons: [
          { code: 'alarm_nospace', message: 'alarm NOSPACE on etcd-7: writes are refused', member_id: '7' },
          { code: 'member_unreachable', message: 'etcd-8 did not answer for 25 s', member_id: '8' },
          { code: 'operation_running', message: 'a run' },
        ],
      },
    })
    const found = panel('Cluster')
    await expect.element(found).toMatchTextContent(/failed: ?etcd-7 ?alarm NOSPACE on etcd-7/)
    await expect.element(found).toMatchTextContent(/warning: ?etcd-8 ?etcd-8 did not answer for 25 s/)
    await expect.element(found).not.toMatchTextContent(/Nothing to complain about|a run/)
  })

  it('sends nobody to the firewall for a process that takes connections and hangs', async () => {
    const error =
      'accepts connections but does not answer in time: it may be starting without a quorum, or hang'
    const silent = { ok: false, stage: 'tls', kind: 'timeout', error, checked_at: NOW } as const
    open({ endpoints: [anEndpoint({ endpoint: 'http://etcd-3:2379', ...silent })] })
    await expect.element(page.getByText(/^First answer: accepts connections/)).toBeVisible()
    await expect.element(page.getByText(/What to do:.*it hangs, is stopped/)).toBeVisible()
    expect(page.getByText(/firewalls/).query()).toBeNull()
  })

  it('says that clocks differ, by the server’s', async () => {
    open({ members: [] }, { ahead: 90 })
    await expect
      .element(panel('Clocks'))
      .toMatchTextContent(/warning: ?Clocks ?Times on this page may be off by 1 min/)
  })

  it('copies a report that has neither hosts nor what a server said, unless it is told to name them', async () => {
    const written: string[] = []
    const write = vi.spyOn(navigator.clipboard, 'writeText').mockImplementation(async (text) => {
      written.push(text)
    })
    open({ endpoints: [refused] }, { user: 'app' })
    await expect.element(page.getByText(/the etcd user "app"/)).toBeVisible()
    await page.getByRole('button', { name: 'Copy report' }).click()
    await expect.poll(() => written.length).toBe(1)
    expect(written[0]).toContain('endpoint endpoint-1: fails at tls (tls_name)')
    expect(written[0]).not.toMatch(/etcd-3|internal|etcd-7|app\b/)
    expect(written[0]).toContain('sign-in: the etcd user lacks the root role')
    const [, json = ''] = (written[0] ?? '').split('\n\n')
    expect(JSON.parse(json)).toMatchObject({ endpoints: [{ stage: 'tls' }], members: [{}, {}, {}] })
    await page.getByRole('checkbox', { name: 'Without host names' }).click()
    await page.getByRole('button', { name: 'Copy report' }).click()
    await expect.poll(() => written[1]).toContain('endpoint https://etcd-3:2379: fails at tls')
    write.mockRestore()
  })

  it.each(['dark', 'light'] as const)('has no flaw that axe finds, %s', async (theme) => {
    changePrefs({ theme })
    open({ endpoints: [anEndpoint(), refused] })
    await expect.element(page.getByText(/What to do:/)).toBeVisible()
    expect(await findViolations()).toEqual([])
  })

  it('fits a phone', async () => {
    await page.viewport(390, 844)
    open({ endpoints: [refused] })
    await expect.element(page.getByText(/What to do:/)).toBeVisible()
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(390)
    // what is to be done is read without scrolling sideways
    const { right } = page
      .getByText(/What to do:/)
      .element()
      .getBoundingClientRect()
    expect(right).toBeLessThanOrEqual(390)
  })
})
