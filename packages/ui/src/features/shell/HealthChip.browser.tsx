import '../../styles/tokens.css'
import '../../styles/base.css'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { anEndpoint, aStatus } from '../../../test/answers.ts'
import { type Answer, renderPage } from '../../../test/render-page.tsx'
import { endSession, openSession } from '../../api/session.ts'
import { SessionLayout } from './SessionLayout.tsx'

const NOW = Math.floor(Date.now() / 1_000)
const status = (changes: Parameters<typeof aStatus>[0] = {}) => aStatus({ timestamp: NOW, ...changes })
const Page = () => (
  <SessionLayout>
    <p>a page</p>
  </SessionLayout>
)
const open = (answers: Readonly<Record<string, Answer>>) =>
  renderPage(Page, '/monitor', {
    current: () => ({ timestamp: NOW, members: {}, unknown_metrics: [] }),
    ...answers,
  })

beforeEach(async () => {
  await page.viewport(1440, 900)
  openSession({ token: 'good', username: 'admin', expiresAt: 0 })
})
afterEach(() => endSession('out'))

describe('the health chip', () => {
  it('grows old while the console takes requests and says nothing', async () => {
    let isAsked = false
    const hanging = new Promise<never>(() => {})
    open({
      status: () => {
        if (isAsked) return hanging
        isAsked = true
        return status({ collect_interval: 1 })
      },
    })
    await expect.element(page.getByRole('button', { name: 'Healthy 3/3', exact: true })).toBeVisible()
    await expect.element(page.getByRole('button', { name: /^Healthy 3\/3, [4-9] s old$/ })).toBeVisible()
  })

  it('leads from each reason to where it is looked after, and not to operations that are switched off', async () => {
    const reasons = [
      { code: 'alarm_nospace' as const, message: 'NOSPACE on etcd-8', member_id: '8' },
      { code: 'member_unreachable' as const, message: 'did not answer', member_id: '9' },
    ]
    let isEnabled = true
    const answers = {
      status: () => status({ health: { state: 'critical', reasons } }),
      'auth/status': () => ({
        authenticated: true,
        ops_enabled: isEnabled,
        initial_setup_pending: false,
        password_policy: { min_length: 8, max_bytes: 1_024 },
      }),
    }
    const view = open(answers)
    const chip = page.getByRole('button', { name: /^Critical/ })
    const dialog = page.getByRole('dialog')
    await chip.click()
    await expect
      .element(dialog.getByRole('link', { name: 'Rescue steps' }))
      .toHaveAttribute('href', '/operations?task=alarms')
    await expect
      .element(dialog.getByRole('link', { name: 'etcd-8' }))
      .toHaveAttribute('href', '/monitor?member=8')
    await dialog.getByRole('link', { name: 'Diagnostics' }).click()
    expect(view.url()).toBe('/diagnostics')
    await expect.element(dialog).not.toBeInTheDocument()
    view.unmount()
    isEnabled = false
    open(answers)
    await chip.click()
    await expect.element(dialog.getByRole('link', { name: 'etcd-9' })).toBeVisible()
    expect(dialog.getByRole('link', { name: 'Rescue steps' }).elements()).toEqual([])
  })

  it('shows an endpoint without a mark of failure until its first probe has ended, and asks again soon', async () => {
    let hasEnded = false
    const waiting = anEndpoint({
      ok: false,
      stage: 'dns',
      error: 'waiting for an answer',
      latency_ms: null,
      checked_at: null,
    })
    const failed = anEndpoint({ ok: false, stage: 'tls', kind: 'timeout', error: 'no answer in time' })
    open({ status: () => status({ endpoints: [hasEnded ? failed : waiting] }) })
    await page.getByRole('button', { name: /^Healthy/ }).click()
    const row = page.getByRole('row', { name: /10\.9\.0\.4/ })
    await expect.element(row).toMatchTextContent(/2379waiting for an answer--$/)
    expect(row.element().querySelector('[data-state]')?.getAttribute('data-state')).toBe('waiting')
    hasEnded = true
    await expect.element(row).toMatchTextContent(/http\/2no answer in time/)
    expect(row.element().querySelector('[data-state]')?.getAttribute('data-state')).toBe('failed')
  })
})
