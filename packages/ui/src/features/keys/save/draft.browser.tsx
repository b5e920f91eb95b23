import '../../../styles/tokens.css'
import '../../../styles/base.css'
import { EditorState } from '@codemirror/state'
import { describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import {
  AT,
  aKey,
  button,
  expectLines,
  field,
  keysOf,
  lines,
  openValue,
  typeAtEnd,
} from '../../../../test/a-value.tsx'
import { refusal } from '../../../../test/render-page.tsx'
import { signedInAt } from '../../../../test/signed-in.ts'
import { currentSession } from '../../../api/session.ts'

signedInAt(1_280, 900, { wrap: false })

describe('a draft', () => {
  const two = () => keysOf(['/cfg', aKey('one')], ['/other', aKey('two')])
  const go = (name: string) =>
    page
      .getByRole('treeitem', { name: new RegExp(`^${name}\\b`) })
      .getByText(name, { exact: true })
      .click()

  it('B47 outlives other keys and other pages, with what can be undone, and is asked about by the browser', async () => {
    openValue(AT, two())
    await typeAtEnd('!')
    await go('other')
    await expectLines(['two'])
    await typeAtEnd('?')
    await page.getByRole('link', { name: 'Monitor' }).click()
    await expect.element(page.getByRole('heading', { name: 'Another page' })).toBeVisible()
    const leave = new Event('beforeunload', { cancelable: true })
    window.dispatchEvent(leave)
    expect(leave.defaultPrevented).toBe(true)
    await page.getByRole('link', { name: 'Keys' }).click()
    await go('cfg')
    await expectLines(['one!'])
    await expect.element(page.getByText('Not saved')).toBeVisible()
    await go('other')
    await expectLines(['two?'])
    await field().click()
    await userEvent.keyboard('{Control>}z{/Control}')
    await expectLines(['two'])
    await go('cfg')
    await button('Discard').click()
    await expectLines(['one'])
    const free = new Event('beforeunload', { cancelable: true })
    window.dispatchEvent(free)
    expect(free.defaultPrevented).toBe(false)
  })

  it('is told to the browser once, and the editor is not set up anew with every key', async () => {
    const listen = vi.spyOn(window, 'addEventListener')
    const configure = vi.spyOn(EditorState.readOnly, 'of')
    openValue(AT, two())
    await typeAtEnd('!')
    const before = configure.mock.calls.length
    await userEvent.keyboard('abcdef')
    await expectLines(['one!abcdef'])
    expect(listen.mock.calls.filter(([name]) => name === 'beforeunload')).toHaveLength(1)
    expect(configure.mock.calls.length).toBe(before)
    vi.restoreAllMocks()
  })

  it('B47 of a key that was left tells when it could not be saved', async () => {
    let answer = () => {}
    const isLetGo = new Promise<void>((resolve) => {
      answer = resolve
    })
    openValue(AT, two(), {
      'kv/v3/put': async () => {
        await isLetGo
        return refusal(503, 'etcd_unavailable')
      },
    })
    await typeAtEnd('!')
    await button('Save').click()
    await go('other')
    await expectLines(['two'])
    answer()
    await expect
      .element(
        page.getByText('/cfg was not saved, as far as is known. What you typed is kept there.').first(),
      )
      .toBeVisible()
    await go('cfg')
    await expectLines(['one!'])
  })

  it('B06 stays under the dialog of a session that ended', async () => {
    const keys = two()
    let isEnded = false
    const view = openValue(AT, keys, {
      'kv/v3/put': (asked) => (isEnded ? refusal(401, 'unauthenticated') : view.put(asked)),
      'auth/login': () => ({
        username: 'admin',
        must_change_password: false,
        authenticated: true,
        session_token: 'better',
        expires_at: 0,
      }),
    })
    await typeAtEnd('!')
    isEnded = true
    await button('Save').click()
    const again = page.getByRole('dialog', { name: /session has ended/i })
    await expect.element(again).toBeVisible()
    isEnded = false
    await again.getByLabelText('Password', { exact: true }).fill('password')
    await again.getByRole('button', { name: 'Sign in' }).click()
    await expect.poll(() => currentSession()?.token).toBe('better')
    await expect.element(again).not.toBeInTheDocument()
    expect(lines()).toEqual(['one!'])
    await expect.element(page.getByText('Not saved')).toBeVisible()
    await expect.element(page.getByText(/session has ended/)).not.toBeInTheDocument()
    await button('Save').click()
    await expect.element(page.getByText('Saved.')).toBeVisible()
    expect(view.puts()).toHaveLength(2)
  })

  it('is asked about before its account signs out', async () => {
    const view = openValue(AT, two(), { 'auth/logout': () => ({ message: 'ok' }) })
    await typeAtEnd('!')
    const signOut = async () => {
      await page.getByRole('button', { name: /Account admin/ }).click()
      await page.getByRole('menuitem', { name: 'Sign out' }).click()
    }
    await signOut()
    await expect.element(page.getByText(/1 key has changes that are not saved/)).toBeVisible()
    await button('Stay').click()
    expect(lines()).toEqual(['one!'])
    await signOut()
    await button('Discard them and sign out').click()
    await expect.poll(view.url).toMatch(/^\/login/)
    expect(currentSession()).toBeUndefined()
  })

  it('is not begun beyond twenty, and none is dropped for it', async () => {
    const names = Array.from({ length: 21 }, (_, n) => `k${String(n).padStart(2, '0')}`)
    openValue('/keys?key=%2Fk00', new Map(names.map((name) => [`/${name}`, aKey(name)])))
    for (const name of names.slice(0, 20)) {
      await go(name)
      await expectLines([name])
      await typeAtEnd('!')
    }
    await go('k20')
    await expect
      .element(page.getByText(/20 keys have changes that are not saved\. Save or discard/))
      .toBeVisible()
    await expect.element(field()).toHaveAttribute('aria-readonly', 'true')
    await go('k00')
    await expectLines(['k00!'])
  })
})
