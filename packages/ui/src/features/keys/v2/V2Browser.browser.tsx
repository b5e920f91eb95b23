import '../../../styles/tokens.css'
import '../../../styles/base.css'
import { expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { NOW, status } from '../../../../test/a-monitor.tsx'
import { findViolations } from '../../../../test/a11y.ts'
import { type Answer, type Asked, refusal, renderPage } from '../../../../test/render-page.tsx'
import { signedInAt } from '../../../../test/signed-in.ts'
import { SessionLayout } from '../../shell/SessionLayout.tsx'
import { KeysPage } from '../KeysPage.tsx'

const HOSTILE = '<img src=x onerror="document.title=\'owned\'">'
const file = (key: string, more: object = {}) => ({
  key,
  dir: false,
  createdIndex: 4,
  modifiedIndex: 7,
  ...more,
})
const directory = (key: string, nodes: readonly object[] = [], more: object = {}) => ({
  ...file(key, more),
  dir: true,
  nodes,
})
const TREE = {
  key: '/',
  dir: true,
  nodes: [directory('/app', [directory('/app/empty'), file('/app/x', { ttl: 40 })]), file(`/${HOSTILE}`)],
}

const Page = () => (
  <SessionLayout>
    <KeysPage />
  </SessionLayout>
)
const open = (start = '/keys?api=v2', more: Readonly<Record<string, Answer>> = {}) =>
  renderPage(Page, start, {
    status: () => status(),
    current: () => ({ timestamp: NOW, members: {}, unknown_metrics: [] }),
    'auth/status': () => ({
      authenticated: true,
      initial_setup_pending: false,
      password_policy: { min_length: 8, max_bytes: 1_024 },
      kv_read_only: false,
      kv_max_value_size: 1_000,
    }),
    'kv/v3/separator': () => ({ separator: '/' }),
    'kv/v2/connect': () => ({ version: 'v2', name: '', size: 0, size_str: '-' }),
    'kv/v2/getpath': () => ({ node: TREE, folded: false }),
    'kv/v2/get': ({ query }) => ({ node: file(query.get('key') ?? '', { value: 'stored', ttl: 40 }) }),
    ...more,
  })
const item = (name: string | RegExp) => page.getByRole('treeitem', { name })
const button = (name: string) => page.getByRole('button', { name, exact: true })
const field = () => page.getByRole('textbox', { name: /^Value of/ })
const changes = ({ asked }: { readonly asked: readonly Asked[] }) =>
  asked.filter(({ method, path }) => method !== 'GET' && path.startsWith('kv/'))

signedInAt(1_280, 900)

it('B50 shows directories, empty ones too, and filters what was loaded by name', async () => {
  const view = open()
  await expect.element(page.getByText('2 keys')).toBeVisible()
  await expect.element(item(HOSTILE)).toBeVisible()
  expect(view.container.querySelector('main img')).toBeNull()
  await item(/^app/).getByText('app', { exact: true }).click()
  await expect.element(item(/^empty/)).toBeVisible()
  await page.getByRole('searchbox', { name: 'Filter by name' }).fill('X')
  await expect.element(item(/^x/)).toBeVisible()
  await expect.element(item(/^empty/)).not.toBeInTheDocument()
  await expect.element(page.getByText(/Filtered by name, among what was loaded/)).toBeVisible()
  expect(view.asked.filter(({ path }) => path === 'kv/v2/getpath')).toHaveLength(1)
  expect(await findViolations(view.container)).toEqual([])
})

it('B50 saves over the index that was read, and keeps the time left', async () => {
  let index = 7
  const view = open('/keys?api=v2&key=%2Fapp%2Fx', {
    'kv/v2/get': () => ({ node: file('/app/x', { value: 'theirs', ttl: 40, modifiedIndex: index }) }),
    'kv/v2/put': ({ body }) =>
      (body as { mod_revision: number }).mod_revision === index
        ? { node: file('/app/x', { value: 'mine', modifiedIndex: 10 }), created: false }
        : refusal(409, 'revision_conflict'),
  })
  await expect.element(field()).toHaveValue('theirs')
  await field().fill('mine')
  index = 9
  await button('Save').click()
  await expect.element(page.getByText(/index 7, now 9/)).toBeVisible()
  await expect.element(field()).toHaveValue('mine')
  const sides = () =>
    [...(document.querySelector('.text-diff')?.shadowRoot?.querySelectorAll('.cm-content') ?? [])].map(
      ({ textContent }) => textContent,
    )
  await expect.poll(sides).toEqual(['theirs', 'mine'])
  expect(await findViolations(view.container)).toEqual([])
  await button('Keep mine').click()
  await button('Save').click()
  await expect.element(page.getByText('Not saved')).not.toBeInTheDocument()
  expect(changes(view).map(({ body }) => body)).toEqual([
    { key: '/app/x', value: 'mine', mod_revision: 7 },
    { key: '/app/x', value: 'mine', mod_revision: 9 },
  ])
})

it('B50 keeps the line ends of a value, and shows only what a text field would change', async () => {
  const view = open('/keys?api=v2&key=%2Fcrlf', {
    'kv/v2/get': () => ({ node: file('/crlf', { value: 'a\r\nb\r\n' }) }),
    'kv/v2/put': () => ({ node: file('/crlf', { modifiedIndex: 8 }), created: false }),
  })
  await expect.element(field()).toHaveValue('a\nb\n')
  await field().fill('a\nb\nc\n')
  await button('Save').click()
  await expect
    .poll(() => changes(view).map(({ body }) => body))
    .toEqual([{ key: '/crlf', value: 'a\r\nb\r\nc\r\n', mod_revision: 7 }])
  view.unmount()

  open('/keys?api=v2&key=%2Fmixed', { 'kv/v2/get': () => ({ node: file('/mixed', { value: 'a\r\nb\n' }) }) })
  await expect.element(page.getByText(/Lines of this text end in CR/)).toBeVisible()
  await expect.element(field()).toHaveAttribute('readonly')
})

it('B50 only shows a value of which the v2 API does not give all bytes', async () => {
  open('/keys?api=v2&key=%2Fbytes', { 'kv/v2/get': () => ({ node: file('/bytes', { value: 'a\ufffd' }) }) })
  await expect.element(page.getByText(/may hold bytes that are no UTF-8/)).toBeVisible()
  await expect.element(field()).toHaveAttribute('readonly')
})

it('B50 keeps what is typed while it is being saved', async () => {
  let index = 7
  let answer = () => {}
  const isLetGo = new Promise<void>((resolve) => {
    answer = resolve
  })
  const view = open('/keys?api=v2&key=%2Fapp%2Fx', {
    'kv/v2/put': async () => {
      await isLetGo
      index = 8
      return { node: file('/app/x', { modifiedIndex: 8 }), created: false }
    },
    'kv/v2/get': () => {
      const value = index === 7 ? 'stored' : 'first'
      return { node: file('/app/x', { value, modifiedIndex: index }) }
    },
  })
  await field().fill('first')
  await button('Save').click()
  await field().fill('second')
  answer()
  await expect.poll(() => changes(view)).toHaveLength(1)
  await expect.element(page.getByText('Not saved')).toBeVisible()
  await expect.element(field()).toHaveValue('second')
})

it('B50 keeps a draft while something else is shown', async () => {
  const view = open('/keys?api=v2&key=%2Fapp%2Fx')
  await field().fill('mine')
  await button('v3').click()
  await expect.poll(view.url).not.toContain('api=v2')
  view.back()
  await expect.element(field()).toHaveValue('mine')
  await expect.element(page.getByText('Not saved')).toBeVisible()
})

it('B50 creates a directory with a time to live, and opens it', async () => {
  const view = open('/keys?api=v2', {
    'kv/v2/put': ({ body }) => ({ node: directory((body as { key: string }).key), created: true }),
    'kv/v2/get': ({ query }) => ({ node: directory(query.get('key') ?? '', [], { ttl: 30 }) }),
  })
  await button('Create key').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Directory', exact: true }).click()
  await dialog.getByRole('textbox', { name: 'Directory' }).fill('/new')
  await dialog.getByRole('textbox', { name: /Seconds/ }).fill('30')
  await dialog.getByRole('button', { name: 'Create directory' }).click()
  await expect.poll(view.url).toBe('/keys?api=v2&key=%2Fnew&dir=1')
  await expect.element(page.getByText(/expires in \d+ s/)).toBeVisible()
  expect(changes(view).map(({ body }) => body)).toEqual([{ key: '/new', dir: true, ttl: 30 }])
})

it('B50 deletes a directory by the number of keys in it', async () => {
  const view = open('/keys?api=v2', {
    'kv/v2/delete': ({ body }) =>
      (body as { dry_run?: boolean }).dry_run
        ? { message: 'dry run', dry_run: true, count: 1, sample: ['/app/x'] }
        : { message: 'ok', deleted: 1 },
  })
  await expect.element(item(/^app/)).toBeVisible()
  page.getByRole('tree').element().focus()
  await userEvent.keyboard('{Shift>}{F10}{/Shift}')
  await page.getByRole('menuitem', { name: 'Delete directory…' }).click()
  await expect.element(page.getByText('1 key will be deleted, at once and for good.')).toBeVisible()
  await button('Delete 1 key').click()
  await expect.element(page.getByText('1 key deleted.')).toBeVisible()
  expect(changes(view).at(-1)?.body).toEqual({ key: '/app', dir: true, expected_count: 1 })
})

it('B50 says that v2 is off, finds it when it is on again, and leads back to v3', async () => {
  let isOff = true
  const view = open('/keys?api=v2', {
    'kv/v2/connect': () =>
      isOff ? refusal(503, 'v2_unavailable') : { version: 'v2', name: '', size: 0, size_str: '-' },
  })
  await expect.element(page.getByText(/This cluster does not serve the v2 API/)).toBeVisible()
  isOff = false
  await button('Try again').click()
  await expect.element(item(/^app/)).toBeVisible()
  await button('v3').click()
  await expect.poll(view.url).toBe('/keys')
})

it('B50 asks for a directory where the tree is too large for one answer', async () => {
  const view = open('/keys?api=v2', {
    'kv/v2/getpath': ({ query }) =>
      query.get('key') === '/app'
        ? { node: directory('/app', [file('/app/x')]), folded: false }
        : refusal(422, 'result_too_large'),
  })
  await page.getByRole('textbox', { name: 'Prefix' }).fill('/app/')
  await button('Browse from here').click()
  await expect.element(item('x')).toBeVisible()
  expect(view.url()).toBe('/keys?api=v2&at=%2Fapp%2F')
})
