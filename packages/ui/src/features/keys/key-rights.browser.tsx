import '../../styles/tokens.css'
import '../../styles/base.css'
import { expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { askedFor, connection, leaf, level, openKeysPage } from '../../../test/a-keys-page.tsx'
import { refusal } from '../../../test/render-page.tsx'
import { signedInAt } from '../../../test/signed-in.ts'

const button = (name: string) => page.getByRole('button', { name, exact: true })
const item = (name: string | RegExp) => page.getByRole('treeitem', { name })
const grant = (from: string, to: string, write = false) => ({ from, to, read: true, write })
const below = ({ query }: { readonly query: URLSearchParams }) => level([leaf(`${query.get('prefix')}x`)])

signedInAt(1_280, 900)

it('B48 begins at the range that may be read, offers the others, and says that more is out of sight', async () => {
  const view = openKeysPage('/keys', {
    'kv/v3/connect': () => connection([grant('/app/', '/app0'), grant('/web/', '/web0')]),
    'kv/v3/children': below,
  })
  await expect
    .element(page.getByText('Keys outside these ranges are not visible to the etcd user of etcdmonitor.'))
    .toBeVisible()
  await expect.element(page.getByText('Below /app/')).toBeVisible()
  await expect.poll(() => askedFor(view, 'kv/v3/children').at(-1)?.query.get('prefix')).toBe('/app/')
  await expect.element(item('x')).toBeVisible()
  const ranges = page.getByRole('combobox', { name: 'Visible ranges' })
  await ranges.selectOptions('/web/*')
  await expect.poll(view.url).toBe('/keys?at=%2Fweb%2F')
  await expect.poll(() => askedFor(view, 'kv/v3/children').at(-1)?.query.get('prefix')).toBe('/web/')
  await expect.element(button('Create key')).toBeDisabled()
  await item('x').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Open' }).click()
  await expect
    .element(page.getByText('The etcd user of etcdmonitor may read this, but not change it.'))
    .toBeVisible()
  await expect.element(button('Save')).not.toBeInTheDocument()
  await expect.element(button('Delete…')).toBeDisabled()
  expect(document.title).toBe('x · etcdmonitor')
})

it('B48 a key is created only where the etcd user may write', async () => {
  openKeysPage('/keys', {
    'kv/v3/connect': () => connection([grant('/app/', '/app0', true), grant('/web/', '/web0')]),
    'kv/v3/children': below,
  })
  await expect.element(page.getByText('Below /app/')).toBeVisible()
  await button('Create key').click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Key' }).fill('/web/new')
  await expect.element(dialog.getByText(/may not write this key/)).toBeVisible()
  await expect.element(dialog.getByRole('button', { name: 'Create key' })).toBeDisabled()
  await dialog.getByRole('textbox', { name: 'Key' }).fill('/app/new')
  await expect.element(dialog.getByRole('button', { name: 'Create key' })).toBeEnabled()
})

it('B48 a refusal asks for the rights anew', async () => {
  let isWithdrawn = false
  const view = openKeysPage('/keys', {
    'kv/v3/connect': () =>
      connection([grant(isWithdrawn ? '/web/' : '/app/', isWithdrawn ? '/web0' : '/app0')]),
    'kv/v3/children': (asked) =>
      isWithdrawn && asked.query.get('prefix') === '/app/' ? refusal(403, 'permission_denied') : below(asked),
  })
  await expect.element(page.getByText('Below /app/')).toBeVisible()
  await expect.element(item('x')).toBeVisible()
  isWithdrawn = true
  await button('Refresh').click()
  await expect.element(page.getByText('Below /web/')).toBeVisible()
  expect(askedFor(view, 'kv/v3/connect').length).toBeGreaterThan(1)
})

it('B48 asks for a prefix where nobody knows what may be read', async () => {
  const view = openKeysPage('/keys', {
    'kv/v3/children': (asked) =>
      asked.query.get('prefix') === '/app/' ? below(asked) : refusal(403, 'permission_denied'),
  })
  await page.getByRole('textbox', { name: 'Prefix' }).fill('/app/')
  await button('Browse from here').click()
  await expect.element(item('x')).toBeVisible()
  expect(view.url()).toBe('/keys?at=%2Fapp%2F')
})

it('B48 nothing is created or deleted where keys are read-only, which is said', async () => {
  openKeysPage('/keys', { 'kv/v3/children': below }, { kv_read_only: true })
  await expect.element(page.getByText('read-only by configuration', { exact: true })).toBeVisible()
  await expect.element(button('Create key')).not.toBeInTheDocument()
  await button('More').click()
  await expect.element(page.getByRole('menuitem', { name: 'Copy link' })).toBeVisible()
  await expect.element(page.getByRole('menuitem', { name: /Delete/ })).not.toBeInTheDocument()
  await userEvent.keyboard('{Escape}')
  await item(/^x/).click({ button: 'right' })
  await expect.element(page.getByRole('menuitem', { name: 'Copy key' })).toBeVisible()
  await expect.element(page.getByRole('menuitem', { name: /Delete/ })).not.toBeInTheDocument()
})
