import '../../styles/tokens.css'
import '../../styles/base.css'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { page } from 'vitest/browser'
import { findViolations } from '../../../test/a11y.ts'
import { type Answer, refusal, renderPage } from '../../../test/render-page.tsx'
import { currentSession, endSession, openSession } from '../../api/session.ts'
import { currentPrefs } from '../../prefs.ts'
import { type HandedOver, useHandover } from './handover.ts'
import { PasswordPage } from './PasswordPage.tsx'

const status = {
  authenticated: true,
  initial_setup_pending: false,
  password_policy: { min_length: 10, max_bytes: 1024 },
}
const changed = () => ({ message: 'Password changed.' })
const current = page.getByLabelText('Current password', { exact: true })
const next = page.getByLabelText('New password', { exact: true })
const repeat = page.getByLabelText('Repeat new password', { exact: true })
const submit = page.getByRole('button', { name: 'Change password' })

function open(answer: Answer, given: HandedOver = {}) {
  let handover: ReturnType<typeof useHandover> | undefined
  const Page = () => {
    handover = useHandover()
    handover.give(given)
    return <PasswordPage />
  }
  const view = renderPage(Page, '/password', { 'auth/status': () => status, 'auth/change-password': answer })
  return { ...view, given: () => handover?.given() }
}

beforeEach(() => openSession({ token: 't', username: 'admin', expiresAt: 0 }))
afterEach(() => endSession('out'))

describe('a voluntary change', () => {
  it('says what it ends, changes the password and goes to the sign-in', async () => {
    const { asked, url, given } = open(changed)
    await expect.element(page.getByText(/every other session of admin/)).toBeVisible()
    await current.fill('the old one')
    await next.fill('the new password')
    await repeat.fill('the new password')
    await submit.click()
    await expect.poll(url).toBe('/login')
    expect(asked.at(-1)?.path === 'auth/status' || asked.at(-1)?.path === 'auth/change-password').toBe(true)
    expect(asked.find(({ path }) => path === 'auth/change-password')?.body).toEqual({
      username: 'admin',
      old_password: 'the old one',
      new_password: 'the new password',
    })
    expect(given()).toEqual({ notice: 'changed' })
    expect(currentSession()).toBeUndefined()
    expect(currentPrefs().lastUser).toBe('admin')
  })

  it('finds what is wrong before the server does', async () => {
    const { asked } = open(changed)
    await current.fill('the old one')
    await next.fill('short')
    await repeat.fill('shorter')
    await submit.click()
    await expect.element(next).toHaveFocus()
    await expect.element(next).toHaveAccessibleDescription(/at least 10 characters/)
    await expect.element(repeat).toHaveAccessibleDescription(/differ/)
    await next.fill('the old one')
    await expect.element(next).toHaveAccessibleDescription(/equals the old one/)
    expect(asked.map(({ path }) => path)).not.toContain('auth/change-password')
  })

  it.each([
    ['invalid_credentials', {}, current, /Wrong current password/],
    ['weak_password', { reason: 'too_short' }, next, /at least 10 characters/],
    ['weak_password', { reason: 'common' }, next, /common, or little more than the user name/],
    ['weak_password', { reason: 'unchanged' }, next, /equals the old one/],
    ['weak_password', { reason: 'something_new' }, next, /does not accept/],
    ['auth_store_unavailable', {}, next, /account store does not answer/],
  ])('shows %s %j where it belongs', async (code, more, field, text) => {
    open(() => refusal(400, code, more))
    await current.fill('the old one')
    await next.fill('the new password')
    await repeat.fill('the new password')
    await submit.click()
    await expect.element(field).toHaveAccessibleDescription(text)
    await expect.element(field).toHaveFocus()
  })
})

describe('an account that is locked', () => {
  it('says how long, counts down, and takes another try when that is over', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
    onTestFinished(() => void vi.useRealTimers())
    let isLocked = true
    const { asked } = open(() =>
      isLocked ? refusal(401, 'account_locked', {}, { 'retry-after': '872' }) : changed(),
    )
    await current.fill('the old one')
    await next.fill('the new password')
    await repeat.fill('the new password')
    await submit.click()
    await expect.element(current).toHaveAccessibleDescription(/Try again in 14:32/)
    await expect.element(submit).toBeDisabled()
    current.element().closest('form')?.requestSubmit()
    vi.advanceTimersByTime(11_000)
    await expect.element(current).toHaveAccessibleDescription(/Try again in 14:21/)
    expect(asked.filter(({ path }) => path === 'auth/change-password')).toHaveLength(1)
    isLocked = false
    vi.advanceTimersByTime(862_000)
    await expect.element(submit).toBeEnabled()
    await expect.element(current).not.toHaveAccessibleDescription(/Try again/)
  })

  it('can be tried with another password: the lock may have been ended on the host', async () => {
    const { asked } = open(() => refusal(401, 'account_locked', {}, { 'retry-after': '872' }))
    await current.fill('the old one')
    await next.fill('the new password')
    await repeat.fill('the new password')
    await submit.click()
    await expect.element(submit).toBeDisabled()
    await current.fill('the right old one')
    await expect.element(current).toHaveAccessibleDescription(/Try again in 14:/)
    await submit.click()
    await expect.poll(() => asked.filter(({ path }) => path === 'auth/change-password')).toHaveLength(2)
    await expect.element(submit).toBeDisabled()
  })

  it.each(['rate_limited', 'login_capacity'])('is not tried again by itself on %s', async (code) => {
    open(() => refusal(503, code, {}, { 'retry-after': '3' }))
    await current.fill('the old one')
    await next.fill('the new password')
    await repeat.fill('the new password')
    await submit.click()
    await expect.element(next).toHaveAccessibleDescription(/busy with sign-ins\. Try again\.$/)
  })
})

describe('a forced change', () => {
  const credentials = { username: 'admin', password: 'first password' }

  it('knows the first password, does not show it, and comes back to where the sign-in was going', async () => {
    endSession('out')
    const { asked, url, container } = open(changed, { credentials, next: '/monitor?range=6h' })
    await expect.element(next).toHaveFocus()
    for (const input of container.querySelectorAll('input'))
      expect(input.value).not.toContain('first password')
    await next.fill('the new password')
    await repeat.fill('the new password')
    await submit.click()
    await expect.poll(url).toBe('/login?next=%2Fmonitor%3Frange%3D6h')
    expect(asked.find(({ path }) => path === 'auth/change-password')?.body).toMatchObject({
      old_password: 'first password',
    })
  })

  it('left without a change forgets the first password', async () => {
    endSession('out')
    const { given, unmount } = open(changed, { credentials })
    await expect.element(next).toHaveFocus()
    unmount()
    expect(given()).toEqual({})
  })

  it('without what the sign-in hands over begins there', async () => {
    endSession('out')
    const { url, given } = open(changed)
    await expect.poll(url).toBe('/login')
    expect(given()).toEqual({ notice: 'setFirst' })
  })
})

it('can be used by everybody', async () => {
  open(changed)
  await next.fill('short')
  await submit.click()
  expect(await findViolations()).toEqual([])
})
