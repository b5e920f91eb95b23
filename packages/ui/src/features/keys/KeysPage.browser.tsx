import '../../styles/tokens.css'
import '../../styles/base.css'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { NOW, status } from '../../../test/a-monitor.tsx'
import { findViolations } from '../../../test/a11y.ts'
import { type Answer, type Asked, refusal, renderPage } from '../../../test/render-page.tsx'
import { endSession, openSession } from '../../api/session.ts'
import { changePrefs } from '../../prefs.ts'
import { SessionLayout } from '../shell/SessionLayout.tsx'
import { KeysPage } from './KeysPage.tsx'

const HOSTILE = '<img src=x onerror="document.title=\'owned\'">'

const leaf = (key: string, more: object = {}) => ({
  key,
  dir: false,
  createdIndex: 4,
  modifiedIndex: 7,
  version: 2,
  ...more,
})
const dir = (key: string, count: number) => ({ key, dir: true, count })
const level = (nodes: readonly object[], more: object = {}) => ({
  node: { key: '/', dir: true, count: 1_204, nodes },
  revision: 4_711,
  member_id: '1',
  truncated: false,
  cursor: null,
  ...more,
})
const value = (key: string, text: string, more: object = {}) => ({
  node: leaf(key, { encoding: 'utf8', value: text, ...more }),
  revision: 4_711,
  data_since: 3,
})

const LEVELS: Readonly<Record<string, readonly object[]>> = {
  '': [dir('/a', 2), dir('__proto__', 1), leaf(`/${HOSTILE}`), leaf('/b\\xff', { key_b64: 'L2L/' })],
  '/a/': [dir('/a/', 1), leaf('/a/x')],
  '/a//': [leaf('/a//b')],
  '__proto__/': [leaf('__proto__/polluted')],
}

const Page = () => (
  <SessionLayout>
    <KeysPage />
  </SessionLayout>
)
const open = (start = '/keys', more: Readonly<Record<string, Answer>> = {}, rules: object = {}) =>
  renderPage(Page, start, {
    status: () => status(),
    current: () => ({ timestamp: NOW, members: {}, unknown_metrics: [] }),
    'auth/status': () => ({
      authenticated: true,
      initial_setup_pending: false,
      password_policy: { min_length: 8, max_bytes: 1_024 },
      kv_read_only: false,
      kv_max_value_size: 1_000,
      ...rules,
    }),
    'kv/v3/separator': () => ({ separator: '/' }),
    'kv/v3/children': ({ query }) => level(LEVELS[query.get('prefix') ?? ''] ?? []),
    'kv/v3/get': ({ query }) => value(query.get('key') ?? '', 'stored'),
    ...more,
  })
const item = (name: string | RegExp) => page.getByRole('treeitem', { name })
const field = () => page.getByRole('textbox', { name: /^Value of/ })
const button = (name: string) => page.getByRole('button', { name, exact: true })
const changes = ({ asked }: { readonly asked: readonly Asked[] }) =>
  asked.filter(({ method, path }) => method !== 'GET' && path.startsWith('kv/'))

beforeEach(async () => {
  await page.viewport(1_280, 900)
  localStorage.clear()
  changePrefs({ theme: 'dark', timeZone: 'utc' })
  openSession({ token: 'good', username: 'admin', expiresAt: 0 })
})
afterEach(() => endSession('out'))

describe('the tree', () => {
  it('reads a directory when it is opened, and shows hostile names as text', async () => {
    const view = open()
    await expect.element(page.getByText('1,204 keys')).toBeVisible()
    await expect.element(page.getByText(/as of revision 4,711/)).toBeVisible()
    await expect.element(item(HOSTILE)).toBeVisible()
    expect(view.container.querySelector('main img')).toBeNull()
    await item(/^__proto__/)
      .getByText('__proto__', { exact: true })
      .click()
    await expect.element(item('polluted')).toBeVisible()
    await item(/^a 2/).getByText('a', { exact: true }).click()
    await item(/empty/).getByText('(empty)').click()
    await item(/^b$/).getByText('b', { exact: true }).click()
    expect(view.url()).toBe('/keys?key=%2Fa%2F%2Fb')
    await expect.element(field()).toHaveValue('stored')
    expect(document.title).not.toContain('owned')
  })

  it('is walked with the keys alone', async () => {
    const view = open()
    await expect.element(item('a 2')).toBeVisible()
    page.getByRole('tree').element().focus()
    await userEvent.keyboard('{ArrowRight}{ArrowRight}')
    await expect.element(item('x')).toBeVisible()
    await userEvent.keyboard('{ArrowDown}{Enter}')
    await expect.poll(view.url).toBe('/keys?key=%2Fa%2Fx')
    await userEvent.keyboard('{ArrowLeft}{ArrowLeft}')
    await expect.element(item('x')).not.toBeInTheDocument()
  })

  it('opens the way to the key of a link', async () => {
    const view = open('/keys?key=%2Fa%2F%2Fb')
    await expect.element(item('b')).toHaveAttribute('aria-selected', 'true')
    expect(view.asked.find(({ path }) => path === 'kv/v3/get')?.query.get('key')).toBe('/a//b')
  })

  it('asks for a key that is no UTF-8 by its bytes', async () => {
    const view = open()
    await item(/b\\xff/)
      .getByText('b\\xff')
      .click()
    await expect.poll(view.url).toBe('/keys?key_b64=L2L_')
    expect(view.asked.find(({ path }) => path === 'kv/v3/get')?.query.get('key_b64')).toBe('L2L/')
  })

  it('holds few rows of a large directory, and loads pages as they come near', async () => {
    const names = Array.from({ length: 500 }, (_, at) => leaf(`/k${String(at).padStart(3, '0')}`))
    const view = open('/keys', {
      'kv/v3/children': ({ query }) =>
        query.get('cursor') === 'next' ? level([leaf('/last')]) : level(names, { cursor: 'next' }),
    })
    await expect.element(item('k000')).toBeVisible()
    expect(page.getByRole('treeitem').elements().length).toBeLessThan(120)
    expect(view.asked.filter(({ path }) => path === 'kv/v3/children')).toHaveLength(1)
    page.getByRole('tree').element().focus()
    await userEvent.keyboard('{End}')
    await expect.element(item('last')).toBeInTheDocument()
  })

  it('says that there are no keys, and why they did not come', async () => {
    const view = open('/keys', {
      'kv/v3/children': () => level([], { node: { key: '/', dir: true, count: 0 } }),
    })
    await expect.element(page.getByText('This cluster has no keys.')).toBeVisible()
    view.unmount()
    let isRefused = true
    open('/keys', {
      'kv/v3/children': () => (isRefused ? refusal(403, 'permission_denied') : level([leaf('/b')])),
    })
    await expect.element(page.getByText('The etcd user of etcdmonitor may not do this.')).toBeVisible()
    isRefused = false
    await button('Refresh').click()
    await expect.element(item('b')).toBeVisible()
  })
})

describe('a value', () => {
  it('is saved against the revision that was read, with exactly its line ends', async () => {
    const view = open('/keys?key=%2Fcfg', {
      'kv/v3/get': () => value('/cfg', 'one\r\ntwo'),
      'kv/v3/put': () => ({ ...value('/cfg', 'one\r\ntwo!', { modifiedIndex: 9 }), created: false }),
    })
    await expect.element(field()).toHaveValue('one\ntwo')
    await expect.element(button('Save')).toBeDisabled()
    await field().fill('one\ntwo!')
    await userEvent.keyboard('{Control>}s{/Control}')
    await expect.element(page.getByText(/Modified 9/)).toBeVisible()
    await expect.element(button('Save')).toBeDisabled()
    expect(changes(view).map(({ body }) => body)).toEqual([
      { key: '/cfg', value: 'one\r\ntwo!', mod_revision: 7, data_since: 3 },
    ])
  })

  it('that somebody else changed is shown beside what was typed, and one is chosen', async () => {
    let revision = 7
    const view = open('/keys?key=%2Fcfg', {
      'kv/v3/get': () => value('/cfg', revision === 7 ? 'old' : '<b>theirs</b>', { modifiedIndex: revision }),
      'kv/v3/put': ({ body }) =>
        (body as { mod_revision: number }).mod_revision === revision
          ? { ...value('/cfg', 'mine', { modifiedIndex: 10 }), created: false }
          : refusal(409, 'revision_conflict', { current_revision: revision }),
    })
    await expect.element(field()).toHaveValue('old')
    await field().fill('mine')
    revision = 9
    await button('Save').click()
    const dialog = page.getByRole('dialog', { name: 'Somebody else changed this key' })
    await expect.element(dialog.getByText(/You edited revision 7, etcd now has 9\./)).toBeVisible()
    await expect
      .element(dialog.getByRole('region', { name: 'Now in etcd' }).getByText('<b>theirs</b>'))
      .toBeVisible()
    await expect.element(dialog.getByRole('region', { name: 'Yours' }).getByText('mine')).toBeVisible()
    await userEvent.keyboard('{Escape}')
    await expect.element(field()).toHaveValue('mine')
    revision = 9
    await button('Save').click()
    await expect.element(page.getByText(/Modified 10/)).toBeVisible()
    expect(changes(view).map(({ body }) => (body as { mod_revision: number }).mod_revision)).toEqual([7, 9])
  })

  it('that was not saved stays typed, with the reason', async () => {
    open('/keys?key=%2Fcfg', { 'kv/v3/put': () => refusal(507, 'etcd_nospace') })
    await field().fill('mine')
    await button('Save').click()
    await expect.element(page.getByRole('alert').getByText(/etcd takes no writes: NOSPACE/)).toBeVisible()
    await expect.element(field()).toHaveValue('mine')
    await expect.element(page.getByText('Not saved')).toBeVisible()
  })

  it('that is no text is shown as bytes, and cannot be edited', async () => {
    open('/keys?key=%2Fcfg', {
      'kv/v3/get': () => value('/cfg', '', { encoding: 'base64', value: undefined, value_b64: 'azhzAP8=' }),
    })
    await expect.element(page.getByText('6b 38 73 00 ff')).toBeVisible()
    await expect.element(field()).not.toBeInTheDocument()
  })

  it('is not edited where keys are read-only', async () => {
    open('/keys?key=%2Fcfg', {}, { kv_read_only: true })
    await expect.element(page.getByText('Keys are read-only by configuration.')).toBeVisible()
    await expect.element(page.getByText('stored')).toBeVisible()
    await expect.element(button('Save')).not.toBeInTheDocument()
  })

  it('of a key that is gone says so', async () => {
    open('/keys?key=%2Fgone', { 'kv/v3/get': () => refusal(404, 'key_not_found') })
    await expect.element(page.getByText('This key does not exist (any more).')).toBeVisible()
  })
})

describe('a change', () => {
  it('creates a key that does not exist, and opens one that does', async () => {
    const view = open('/keys?key=%2Fa%2Fx', {
      'kv/v3/put': ({ body }) =>
        (body as { key: string }).key === '/a/old'
          ? refusal(409, 'revision_conflict')
          : { ...value('/a/new', '1'), created: true },
    })
    await button('Create key').first().click()
    const dialog = page.getByRole('dialog')
    await expect.element(dialog.getByRole('textbox', { name: 'Key' })).toHaveValue('/a/')
    await dialog.getByRole('textbox', { name: 'Key' }).fill('/a/old')
    await dialog.getByRole('button', { name: 'Create key' }).click()
    await expect.element(dialog.getByText('This key exists. Nothing was written.')).toBeVisible()
    await dialog.getByRole('textbox', { name: 'Key' }).fill('/a/new')
    await dialog.getByRole('textbox', { name: /Seconds/ }).fill('60')
    await dialog.getByRole('button', { name: 'Create key' }).click()
    await expect.poll(view.url).toBe('/keys?key=%2Fa%2Fnew')
    expect(changes(view).at(-1)?.body).toEqual({ key: '/a/new', value: '', ttl: 60, mod_revision: 0 })
  })

  it('deletes a key only as it was seen', async () => {
    const view = open('/keys?key=%2Fa%2Fx', {
      'kv/v3/delete': () => ({ message: 'ok', deleted: 1, revision: 8 }),
    })
    await button('Delete…').click()
    await button('Delete 1 key').click()
    await expect.element(page.getByText('1 key deleted.')).toBeVisible()
    expect(changes(view).map(({ body }) => body)).toEqual([{ key: '/a/x', mod_revision: 7, data_since: 3 }])
    expect(view.url()).toBe('/keys')
  })

  it('deletes a directory by the number that was counted and typed, and counts again when it is wrong', async () => {
    let count = 1_204
    const view = open('/keys?key=%2Fa&dir=1', {
      'kv/v3/delete': ({ body }) => {
        const { dry_run: isDry, expected_count: expected } = body as Record<string, unknown>
        if (isDry) return { message: 'dry run', dry_run: true, count, sample: ['/a/<b>'], revision: 8 }
        if (expected !== count) return refusal(409, 'confirmation_required', { count })
        return { message: 'ok', deleted: count, revision: 9 }
      },
    })
    await button('Delete all below…').click()
    await expect.element(page.getByText('1,204 keys will be deleted, at once and for good.')).toBeVisible()
    await expect.element(page.getByText('/a/<b>')).toBeVisible()
    await expect.element(button('Delete 1,204 keys')).toBeDisabled()
    await page.getByRole('textbox', { name: /Type 1204/ }).fill('1204')
    count = 1_205
    await button('Delete 1,204 keys').click()
    await expect.element(page.getByRole('textbox', { name: /Type 1205/ })).toHaveValue('')
    await expect.element(button('Delete 1,205 keys')).toBeDisabled()
    await page.getByRole('textbox', { name: /Type 1205/ }).fill('1205')
    await button('Delete 1,205 keys').click()
    await expect.element(page.getByText('1,205 keys deleted.')).toBeVisible()
    expect(changes(view).at(-1)?.body).toEqual({ prefix: '/a/', dir: true, expected_count: 1_205 })
  })
})

it('has no violation that axe finds', async () => {
  const view = open('/keys?key=%2Fa%2Fx')
  await expect.element(field()).toHaveValue('stored')
  expect(await findViolations(view.container)).toEqual([])
})
