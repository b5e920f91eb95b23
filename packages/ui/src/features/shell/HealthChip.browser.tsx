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
  it('shows an endpoint without a mark of failure until its first probe has ended, and asks again soon', async () => {
    let hasEnded = false
    const waiting = anEndpoint({
      ok: false,
      stage: 'dns',
      error: 'waiting for an answer',
      latency_ms: null,
      checked_at: null,
    })
    const failed = anEndpoint({ ok: false, stage: 'tcp', kind: 'timeout', error: 'no answer in time' })
    open({ status: () => status({ endpoints: [hasEnded ? failed : waiting] }) })
    await page.getByRole('button', { name: /^Healthy/ }).click()
    const row = page.getByRole('row', { name: /10\.9\.0\.4/ })
    await expect.element(row).toMatchTextContent(/2379waiting for an answer--$/)
    expect(row.element().querySelector('[data-state]')?.getAttribute('data-state')).toBe('waiting')
    hasEnded = true
    await expect.element(row).toMatchTextContent(/tcpno answer in time/)
    expect(row.element().querySelector('[data-state]')?.getAttribute('data-state')).toBe('failed')
  })
})
