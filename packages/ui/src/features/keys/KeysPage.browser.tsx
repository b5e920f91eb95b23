import '../../styles/tokens.css'
import '../../styles/base.css'
import { describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { changesOf, dir, HOSTILE, leaf, level, openKeysPage, value } from '../../../test/a-keys-page.tsx'
import { field } from '../../../test/a-value.tsx'
import { findViolations } from '../../../test/a11y.ts'
import { type Answer, refusal } from '../../../test/render-page.tsx'
import { signedInAt } from '../../../test/signed-in.ts'

const LEVELS: Readonly<Record<string, readonly object[]>> = {
  '': [dir('/a', 2), dir('__proto__', 1), leaf(`/${HOSTILE}`), leaf('/b\\xff', { key_b64: 'L2L/' })],
  '/a/': [dir('/a/', 1), leaf('/a/x')],
  '/a//': [leaf('/a//b')],
  '__proto__/': [leaf('__proto__/polluted')],
}

const open = (start = '/keys', more: Readonly<Record<string, Answer>> = {}) =>
  openKeysPage(start, {
    'kv/v3/children': ({ query }) => level(LEVELS[query.get('prefix') ?? ''] ?? []),
    ...more,
  })
const item = (name: string | RegExp) => page.getByRole('treeitem', { name })
const button = (name: string) => page.getByRole('button', { name, exact: true })

signedInAt(1_280, 900)

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
    await item('a directory, 2 keys').getByText('a', { exact: true }).click()
    await item(/empty/).getByText('(empty)').click()
    await item(/^b$/).getByText('b', { exact: true }).click()
    expect(view.url()).toBe('/keys?key=%2Fa%2F%2Fb')
    await expect.element(field()).toHaveTextContent('stored')
    expect(document.title).not.toContain('owned')
  })

  it('is walked with the keys alone', async () => {
    const view = open()
    await expect.element(item('a directory, 2 keys')).toBeVisible()
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

  it('K1 opens a key that is too long for a link, and leaves it on Back', async () => {
    const long = `/${'n'.repeat(7_000)}`
    const row = () => item(/^n+/)
    const view = open('/keys?key=%2Fb', {
      'kv/v3/children': () => level([leaf(long), leaf('/b')]),
      'kv/v3/get': ({ query }) =>
        value(query.get('key') ?? '', query.get('key') === long ? 'of long' : 'of b'),
    })
    await expect.element(field()).toHaveTextContent('of b')
    await row().getByText(/^n+$/).click()
    await expect.element(page.getByText('This key is too long for a link.').first()).toBeVisible()
    await expect.element(field()).toHaveTextContent('of long')
    await expect.element(row()).toHaveAttribute('aria-selected', 'true')
    expect(view.url()).toBe('/keys')
    view.back()
    await expect.element(field()).toHaveTextContent('of b')
    await row().getByText(/^n+$/).click()
    await expect.element(field()).toHaveTextContent('of long')
    await item('b').getByText('b', { exact: true }).click()
    await expect.element(field()).toHaveTextContent('of b')
    expect(view.url()).toBe('/keys?key=%2Fb')
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
    await expect.element(page.getByText('This cluster holds no keys.')).toBeVisible()
    view.unmount()
    let isAway = true
    open('/keys', {
      'kv/v3/children': () => (isAway ? refusal(503, 'etcd_unavailable') : level([leaf('/b')])),
    })
    await expect.element(page.getByText(/etcd_unavailable/)).toBeVisible()
    isAway = false
    await button('Refresh').click()
    await expect.element(item('b')).toBeVisible()
  })
})

describe('a change', () => {
  it('creates a key that does not exist, and opens one that does', async () => {
    const view = open('/keys?key=%2Fa%2Fx', {
      'kv/v3/put': ({ body }) =>
        (body as { key: string }).key === '/a/old'
          ? refusal(409, 'revision_conflict', { current_revision: 4_402 })
          : { ...value('/a/new', '1'), created: true },
    })
    await button('Create key').first().click()
    const dialog = page.getByRole('dialog')
    await expect.element(dialog.getByRole('textbox', { name: 'Key' })).toHaveValue('/a/')
    await dialog.getByRole('textbox', { name: 'Key' }).fill('/a/old')
    await dialog.getByRole('button', { name: 'Create key' }).click()
    await expect
      .element(dialog.getByText('This key exists (revision 4,402). Nothing was written.'))
      .toBeVisible()
    await dialog.getByRole('textbox', { name: 'Key' }).fill('/a/new')
    await dialog.getByRole('textbox', { name: /Seconds/ }).fill('60')
    await dialog.getByRole('button', { name: 'Create key' }).click()
    await expect.poll(view.url).toBe('/keys?key=%2Fa%2Fnew')
    expect(changesOf(view).at(-1)?.body).toEqual({ key: '/a/new', value: '', ttl: 60, mod_revision: 0 })
  })

  it('creates a key with the bytes that were pasted, as the type that was chosen', async () => {
    const view = open('/keys', { 'kv/v3/put': () => ({ ...value('/new.json', '1'), created: true }) })
    await button('Create key').click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox', { name: 'Key' }).fill('/new.json')
    await expect.element(dialog.getByRole('combobox', { name: 'Type' })).toHaveValue('json')
    await expect.element(dialog.getByRole('textbox', { name: 'Value' })).toBeVisible()
    const pasted = new DataTransfer()
    pasted.setData('text/plain', '[1,\r\n2,')
    document
      .querySelector('dialog .text-editor')
      ?.shadowRoot?.querySelector('.cm-content')
      ?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: pasted, bubbles: true, cancelable: true }))
    await expect.element(dialog.getByText('CRLF')).toBeVisible()
    await dialog.getByRole('button', { name: 'Create key' }).click()
    await expect
      .element(dialog.getByText('This is not valid JSON (line 2). etcd takes any text.'))
      .toBeVisible()
    expect(changesOf(view)).toEqual([])
    await dialog.getByRole('combobox', { name: 'Type' }).selectOptions('text')
    await expect.element(dialog.getByText(/not valid JSON/)).not.toBeInTheDocument()
    expect(await findViolations(dialog.element())).toEqual([])
    await dialog.getByRole('button', { name: 'Create key' }).click()
    await expect.poll(view.url).toBe('/keys?key=%2Fnew.json')
    expect(changesOf(view)[0]?.body).toEqual({ key: '/new.json', value: '[1,\r\n2,', mod_revision: 0 })
    await expect.element(page.getByRole('combobox', { name: 'Type' })).toHaveValue('text')
  })

  it('asks before a value is lost that was typed for a new key', async () => {
    const view = open('/keys', { 'kv/v3/put': () => refusal(409, 'revision_conflict') })
    await button('Create key').click()
    const dialog = page.getByRole('dialog')
    const typed = dialog.getByRole('textbox', { name: 'Value' })
    await typed.click()
    await userEvent.keyboard('of an hour{Escape}')
    await expect.element(dialog.getByText(/What you typed would be lost/)).toBeVisible()
    await expect.element(dialog.getByRole('button', { name: 'Keep editing' })).toHaveFocus()
    expect(await findViolations(dialog.element())).toEqual([])
    await userEvent.keyboard('{Escape}')
    await expect.element(typed).toHaveTextContent('of an hour')
    await dialog.getByRole('textbox', { name: 'Key' }).fill('/a/x')
    await dialog.getByRole('button', { name: 'Create key' }).click()
    await dialog.getByRole('button', { name: 'Open it' }).click()
    await dialog.getByRole('button', { name: 'Keep editing' }).click()
    await expect.element(typed).toHaveTextContent('of an hour')
    const leave = new Event('beforeunload', { cancelable: true })
    window.dispatchEvent(leave)
    expect(leave.defaultPrevented).toBe(true)
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await dialog.getByRole('button', { name: 'Discard' }).click()
    await expect.element(dialog).not.toBeInTheDocument()
    expect(view.url()).toBe('/keys')
    await button('Create key').click()
    await userEvent.keyboard('{Escape}')
    await expect.element(dialog).not.toBeInTheDocument()
  })

  it('deletes a key only as it was seen', async () => {
    let answer = () => {}
    const isLetGo = new Promise<void>((resolve) => {
      answer = resolve
    })
    const view = open('/keys?key=%2Fa%2Fx', {
      'kv/v3/delete': async () => {
        await isLetGo
        return { message: 'ok', deleted: 1, revision: 8 }
      },
    })
    await button('Delete…').click()
    await button('Delete 1 key').click()
    await expect.element(button('Deleting…')).toBeDisabled()
    answer()
    await expect.element(page.getByText('1 key deleted.')).toBeVisible()
    expect(changesOf(view).map(({ body }) => body)).toEqual([{ key: '/a/x', mod_revision: 7, data_since: 3 }])
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
    await expect.element(button('Search below…')).toBeVisible()
    await button('Create key here…').click()
    await expect.element(page.getByRole('textbox', { name: 'Key' })).toHaveValue('/a/')
    await userEvent.keyboard('{Escape}')
    await button('Delete all below…').click()
    await expect.element(page.getByText('1,204 keys will be deleted, at once and for good.')).toBeVisible()
    await expect.element(page.getByText('/a/<b>')).toBeVisible()
    await expect.element(button('Delete 1,204 keys')).toBeDisabled()
    await page.getByRole('textbox', { name: /Type 1204/ }).fill('1204')
    count = 1_205
    await button('Delete 1,204 keys').click()
    await expect.element(page.getByText('The count changed to 1,205. Nothing was deleted.')).toBeVisible()
    await expect.element(page.getByRole('textbox', { name: /Type 1205/ })).toHaveValue('')
    await expect.element(button('Delete 1,205 keys')).toBeDisabled()
    await page.getByRole('textbox', { name: /Type 1205/ }).fill('1205')
    await button('Delete 1,205 keys').click()
    await expect.element(page.getByText('1,205 keys deleted.')).toBeVisible()
    expect(changesOf(view).at(-1)?.body).toEqual({ prefix: '/a/', dir: true, expected_count: 1_205 })
  })
})

it('has no violation that axe finds', async () => {
  const view = open('/keys?key=%2Fa%2Fx')
  await expect.element(field()).toHaveTextContent('stored')
  expect(await findViolations(view.container)).toEqual([])
})

it('on a phone the toolbar takes two rows, and nothing of it is cut off', async () => {
  await page.viewport(390, 844)
  const view = openKeysPage()
  await expect.element(page.getByRole('button', { name: 'Create key' })).toBeVisible()
  const parts = [...view.container.querySelectorAll('.keys-toolbar > *')]
  const boxes = parts.map((part) => part.getBoundingClientRect())
  expect(new Set(boxes.map(({ top }) => top)).size).toBe(2)
  expect(Math.max(...boxes.map(({ right }) => right))).toBeLessThanOrEqual(390)
  for (const part of parts) expect(part.scrollWidth).toBeLessThanOrEqual(part.clientWidth + 2)
  expect(page.getByRole('combobox').element().getBoundingClientRect().width).toBeGreaterThan(200)
})
