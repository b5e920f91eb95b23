import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { aLock } from '../../../test/a-lock.ts'
import { beginMonitor, current, drawn, NOW, openMonitor, status } from '../../../test/a-monitor.tsx'
import { answerRange } from '../../../test/range-answer.ts'
import { refusal } from '../../../test/render-page.tsx'
import { endSession, openSession } from '../../api/session.ts'

beforeEach(beginMonitor)
afterEach(() => endSession('out'))

describe('a session', () => {
  it('that has ended is asked for once, over the page, which goes on with it', async () => {
    let isOver = false
    const deny = () => refusal(401, 'unauthenticated')
    const view = openMonitor('/monitor?range=30m', {
      status: () => (isOver ? deny() : status()),
      current: () => (isOver ? deny() : current()),
      range: (asked) => (isOver ? deny() : answerRange(asked, NOW)),
      'auth/status': () => ({
        authenticated: !isOver,
        ops_enabled: !isOver,
        initial_setup_pending: false,
        ...POLICY,
      }),
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
    expect(view.container.querySelector('nav a[href="/operations"]')).not.toBeNull()
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
    await expect.poll(() => view.asked.slice(before).map(({ path }) => path)).toContain('range')
  })

  it('that is near its end can be renewed', async () => {
    openSession({ token: 'good', username: 'admin', expiresAt: NOW + 200 })
    openMonitor()
    await page.getByRole('button', { name: 'Sign in again' }).click()
    await expect.element(page.getByRole('dialog', { name: 'Sign in again' })).toBeVisible()
    await userEvent.keyboard('{Escape}')
    await expect.element(page.getByRole('dialog')).not.toBeInTheDocument()
    await expect.element(page.getByRole('button', { name: 'Sign in again' })).toHaveFocus()
  })

  it('is ended by signing out, whatever the server says', async () => {
    const view = openMonitor('/monitor', { 'auth/logout': () => refusal(503, 'auth_store_unavailable') })
    await page.getByRole('button', { name: 'Account admin' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect.poll(() => view.url()).toBe('/login')
    expect(sessionStorage).toHaveLength(0)
    expect(view.asked.at(-1)).toMatchObject({ method: 'POST', path: 'auth/logout' })
  })

  it('is needed', async () => {
    endSession('out')
    const view = openMonitor('/monitor?range=6h')
    await expect.poll(() => view.url()).toBe('/login?next=%2Fmonitor%3Frange%3D6h')
    expect(view.asked).toEqual([])
  })
})

it('a member that is down is so since its last scrape, also where that was not known yet when it failed', async () => {
  let isDown = false
  let asked = 0
  openMonitor('/monitor', {
    status: () => {
      const reason = { code: 'member_unreachable', message: '', member_id: '8' } as const
      return status({
        collect_interval: 600,
        ...(isDown && { health: { state: 'degraded', reasons: [reason] } }),
      })
    },
    current: ({ query }) => {
      if (isDown && query.get('metrics') === 'collector_up') asked += 1
      return current(asked > 1 ? NOW - 10 : NOW - 40)
    },
  })
  await expect.element(page.getByRole('button', { name: 'Healthy 3/3' })).toBeVisible()
  isDown = true
  window.dispatchEvent(new Event('visibilitychange')) // a tab is looked at again: both are asked at the same time
  const time = new Date((NOW - 10) * 1_000).toISOString().slice(11, 19)
  await expect.element(page.getByText(`etcd-8 does not answer since ${time}.`)).toBeVisible()
})

const POLICY = { password_policy: { min_length: 8, max_bytes: 1_024 } }

describe('a lock after failed sign-ins', () => {
  const entry = aLock(NOW - 60, '<img src=x onerror=alert(1)>')
  const open = (isOpsEnabled: boolean, entries: readonly object[]) =>
    openMonitor('/monitor', {
      'auth/status': () => ({
        authenticated: true,
        initial_setup_pending: false,
        ops_enabled: isOpsEnabled,
        ...POLICY,
      }),
      'ops/audit-logs': () => ({ entries, page_size: 1, next_cursor: null, total: entries.length, page: 1 }),
    })
  const notice = () => page.getByText(/^Account .* was locked after failed sign-ins at/)

  it('is told to whoever is signed in, as text, until it is dismissed', async () => {
    const view = open(true, [entry])
    await expect.element(notice()).toMatchTextContent('<img src=x onerror=alert(1)>')
    const asked = view.asked.find(({ path }) => path === 'ops/audit-logs')
    expect(asked?.query.get('operation')).toBe('login_lockout')
    expect(asked?.query.get('account')).toBe('true') // strangers can lock any name, and hide the lock that matters
    expect(NOW - Number(asked?.query.get('from'))).toBeGreaterThan(86_300)
    const href = page.getByRole('link', { name: 'Audit log' }).element().getAttribute('href')
    expect(href).toBe('/operations?task=audit&operation=login_lockout')
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await expect.element(notice()).not.toBeInTheDocument()
    expect(localStorage.getItem('etcdmonitor.prefs')).toContain('"dismissed":["lock 91"]')
  })

  it('is not asked for where operations are switched off, and is silent without one', async () => {
    const off = open(false, [entry])
    await drawn(off)
    expect(off.asked.map(({ path }) => path)).not.toContain('ops/audit-logs')
    off.unmount()
    const none = open(true, [])
    await drawn(none)
    await expect.element(notice()).not.toBeInTheDocument()
  })
})
