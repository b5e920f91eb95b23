import '../../styles/tokens.css'
import '../../styles/base.css'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { findViolations } from '../../../test/a11y.ts'
import { type Answer, refusal, renderPage } from '../../../test/render-page.tsx'
import { currentSession, endSession } from '../../api/session.ts'
import { changePrefs } from '../../prefs.ts'
import { SignInPage } from './SignInPage.tsx'

const status = (changes: object = {}) => ({
  authenticated: false,
  initial_setup_pending: false,
  password_policy: { min_length: 8, max_bytes: 1024 },
  ...changes,
})
const session = {
  username: 'admin',
  expires_at: 5_000_000_000,
  session_token: 'token',
  must_change_password: false,
  authenticated: true,
}
const open = (login: Answer, start = '/login', answer: object = status()) =>
  renderPage(SignInPage, start, { 'auth/status': () => answer, 'auth/login': login })
const password = page.getByLabelText('Password', { exact: true })
const name = page.getByLabelText('User name')
const submit = page.getByRole('button', { name: 'Sign in' })

beforeEach(() => {
  localStorage.clear()
  changePrefs({ lastUser: '', theme: 'system' })
})
afterEach(() => {
  endSession('out')
  vi.useRealTimers()
})

describe('signing in', () => {
  it('keeps the token in this tab, remembers the name, and goes where the link pointed', async () => {
    const { asked, url } = open(() => session, '/login?next=%2Fmonitor%3Frange%3D6h')
    await name.fill('admin')
    await password.fill('correct horse')
    await userEvent.keyboard('{Enter}')
    await expect.poll(url).toBe('/monitor?range=6h')
    expect(asked.at(-1)).toMatchObject({
      path: 'auth/login',
      body: { username: 'admin', password: 'correct horse' },
    })
    expect(currentSession()).toEqual({ token: 'token', username: 'admin', expiresAt: 5_000_000_000 })
    expect(JSON.stringify(localStorage)).not.toContain('token')
    expect(JSON.stringify(localStorage)).toContain('admin')
  })

  it('goes nowhere else than to pages of ours', async () => {
    const { url } = open(() => session, '/login?next=%2F%2Fevil.example')
    await name.fill('admin')
    await password.fill('x')
    await submit.click()
    await expect.poll(url).toBe('/monitor')
  })

  it('hands a password that must be changed over, and not through the address', async () => {
    const { url } = open(() => ({ username: 'admin', must_change_password: true, authenticated: false }))
    await name.fill('admin')
    await password.fill('first password')
    await submit.click()
    await expect.poll(url).toBe('/password')
    expect(currentSession()).toBeUndefined()
    expect(JSON.stringify([sessionStorage, localStorage])).not.toContain('first password')
  })

  it('is asked for once, and says so', async () => {
    let settle = (_answer: object) => {}
    const { asked, url } = open(() => new Promise((resolve) => (settle = resolve)))
    await name.fill('admin')
    await password.fill('x')
    await userEvent.keyboard('{Enter}')
    await userEvent.keyboard('{Enter}')
    await expect.element(page.getByRole('button', { name: 'Signing in…' })).toBeDisabled()
    expect(asked.filter(({ path }) => path === 'auth/login')).toHaveLength(1)
    settle(session)
    await expect.poll(url).toBe('/monitor')
  })
})

describe('a refusal', () => {
  it.each([
    [401, 'invalid_credentials', /^Wrong user name or password\.$/],
    [503, 'auth_store_unavailable', /^The account store does not answer\. Your password was not checked\.$/],
    [500, 'internal', /^A fault in etcdmonitor$/],
  ])('%d %s says %s, with the password ready to be typed again', async (code, problem, text) => {
    open(() => refusal(code, problem))
    await name.fill('admin')
    await password.fill('wrong')
    await submit.click()
    await expect.element(page.getByRole('alert')).toMatchTextContent(text)
    await expect.element(password).toHaveFocus()
    const field = password.element() as HTMLInputElement
    expect([field.selectionStart, field.selectionEnd]).toEqual([0, 5])
    await expect.element(submit).toBeEnabled()
  })

  it('for a name that cannot be one stands at the name', async () => {
    open(() =>
      refusal(400, 'validation_failed', { errors: [{ pointer: '/username', code: 'invalid_format' }] }),
    )
    await name.fill('Ä')
    await password.fill('x')
    await submit.click()
    await expect.element(name).toHaveFocus()
    await expect.element(name).toHaveAccessibleDescription(/lower-case letters/)
  })

  it.each([
    ['another name', () => name.fill('bob')],
    ['the password anew: the lock may have been ended on the host', () => password.fill('right')],
  ])('of a locked account can be tried with %s', async (_, edit) => {
    const { asked } = open(() => refusal(401, 'account_locked', {}, { 'retry-after': '872' }))
    await name.fill('admin')
    await password.fill('wrong')
    await submit.click()
    const alert = page.getByRole('alert')
    await expect.element(submit).toBeDisabled()
    await edit()
    await expect.element(alert).toMatchTextContent(/Try again in 14:/)
    await submit.click()
    await expect.poll(() => asked.filter(({ path }) => path === 'auth/login')).toHaveLength(2)
    await expect.element(submit).toBeDisabled()
  })

  it('of a locked account counts down, and lets nobody try before', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] })
    const { asked } = open(() => refusal(401, 'account_locked', {}, { 'retry-after': '872' }))
    await name.fill('admin')
    await password.fill('wrong')
    await submit.click()
    const alert = page.getByRole('alert')
    await expect.element(alert).toMatchTextContent(/^Too many failed attempts\. Try again in 14:32\.$/)
    await expect.element(submit).toBeDisabled()
    vi.advanceTimersByTime(73_000)
    await expect.element(alert).toMatchTextContent(/ in 13:19\.$/)
    vi.advanceTimersByTime(800_000)
    await expect.element(submit).toBeEnabled()
    await expect.element(alert).not.toBeInTheDocument()
    expect(asked.filter(({ path }) => path === 'auth/login')).toHaveLength(1)
  })

  it('of a busy server is tried again once by itself', async () => {
    let calls = 0
    const { asked } = open(() => {
      calls++
      return refusal(503, 'login_capacity', {}, { 'retry-after': '1' })
    })
    await name.fill('admin')
    await password.fill('x')
    await submit.click()
    await expect.element(page.getByRole('alert')).toMatchTextContent(/Trying again in 1 s\./)
    await expect.element(page.getByRole('alert')).toMatchTextContent(/sign-ins\. Try again\.$/)
    expect(calls).toBe(2)
    expect(asked.filter(({ path }) => path === 'auth/login')).toHaveLength(2)
  })

  it('of a busy server is not tried again while something is typed', async () => {
    const { asked } = open(() => refusal(503, 'login_capacity', {}, { 'retry-after': '1' }))
    await name.fill('admin')
    await password.fill('wrong')
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    await submit.click()
    const alert = page.getByRole('alert')
    await expect.element(alert).toMatchTextContent(/Trying again in 1 s\./)
    await password.fill('half of the ri')
    await expect.element(alert).not.toBeInTheDocument()
    vi.advanceTimersByTime(60_000)
    await expect.element(submit).toBeEnabled()
    expect(asked.filter(({ path }) => path === 'auth/login')).toHaveLength(1)
  })

  it('of nobody names the network', async () => {
    open(() => Promise.reject(new TypeError('failed')))
    await name.fill('admin')
    await password.fill('x')
    await submit.click()
    await expect.element(page.getByRole('alert')).toMatchTextContent(/^The console does not answer\./)
  })
})

describe('the page', () => {
  it('tells at first start where the password is, and has the name filled in', async () => {
    open(() => session, '/login', status({ initial_setup_pending: true }))
    await expect.element(name).toHaveValue('admin')
    await expect.element(password).toHaveFocus()
    await expect.element(page.getByText(/initial-admin-password/)).toBeVisible()
  })

  it('begins at the name when it knows none', async () => {
    open(() => session)
    await expect.element(name).toHaveFocus()
    expect(page.getByText(/initial-admin-password/).elements()).toHaveLength(0)
  })

  it('asks for what is missing before it asks the server', async () => {
    const { asked } = open(() => session)
    await name.fill('admin')
    await submit.click()
    await expect.element(password).toHaveFocus()
    expect(asked.map(({ path }) => path)).toEqual(['auth/status'])
  })

  it('shows the password on demand', async () => {
    open(() => session)
    await password.fill('seen')
    await page.getByRole('button', { name: 'Show password' }).click()
    await expect.element(password).toHaveAttribute('type', 'text')
    await page.getByRole('button', { name: 'Hide password' }).click()
    await expect.element(password).toHaveAttribute('type', 'password')
  })

  it.each(['dark', 'light'] as const)('can be used by everybody in the %s theme', async (theme) => {
    changePrefs({ theme })
    open(() => refusal(401, 'invalid_credentials'), '/login', status({ initial_setup_pending: true }))
    await password.fill('wrong')
    await submit.click()
    await expect.element(page.getByRole('alert')).toBeVisible()
    expect(await findViolations()).toEqual([])
  })
})
