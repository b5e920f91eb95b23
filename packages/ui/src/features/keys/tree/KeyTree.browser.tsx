import '../../../styles/tokens.css'
import '../../../styles/base.css'
import { describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { askedFor, dir, leaf, level, openKeysPage } from '../../../../test/a-keys-page.tsx'
import { findViolations } from '../../../../test/a11y.ts'
import { refusal } from '../../../../test/render-page.tsx'
import { signedInAt } from '../../../../test/signed-in.ts'

const item = (name: string | RegExp) => page.getByRole('treeitem', { name })
const heading = () => page.getByRole('heading', { level: 2 })
const rowTexts = () =>
  page
    .getByRole('treeitem')
    .elements()
    .map((row) => [row.getAttribute('aria-level'), row.textContent].join(' '))

signedInAt(1_280, 900)

/** Pages of 500 keys of one directory. */
const pages = (prefix: string, all: number) => (query: URLSearchParams) => {
  const from = Number(query.get('cursor') ?? 0)
  const count = Math.min(500, all - from)
  const nodes = Array.from({ length: count }, (_, at) =>
    leaf(`${prefix}${String(from + at).padStart(6, '0')}`),
  )
  const isLast = from + count >= all
  return level(nodes, {
    node: { key: prefix, dir: true, count: all, nodes },
    cursor: isLast ? null : String(from + count),
  })
}

describe('B36 names', () => {
  it('each key is a row of its own, and opens its own value', async () => {
    const levels: Readonly<Record<string, readonly object[]>> = {
      '': [dir('/a', 3), leaf('/a-b'), dir('__proto__', 1), dir('a', 1), leaf('\u202egnp')],
      '/a/': [
        { ...leaf('/a/'), dir: true, count: 1 },
        { ...leaf('/a/b'), dir: true, count: 1 },
      ],
      '/a//': [leaf('/a//b')],
      '/a/b/': [leaf('/a/b/')],
      'a/': [leaf('a/b')],
      '__proto__/': [leaf('__proto__/polluted')],
    }
    const view = openKeysPage('/keys', {
      'kv/v3/children': ({ query }) => level(levels[query.get('prefix') ?? ''] ?? []),
    })
    await expect.element(item(/^a-b/)).toBeVisible()
    await expect.element(item('a no leading / directory, 1 key')).toBeVisible()
    await expect.element(item(/gnp/)).toHaveTextContent('\\u{202e}gnpno leading /')
    page.getByRole('tree').element().focus()
    // everything that can be opened is, from the top down
    await userEvent.keyboard('{ArrowRight}')
    await expect.poll(() => rowTexts().length).toBe(7)
    await userEvent.keyboard('{ArrowDown}{ArrowRight}')
    await expect.poll(() => rowTexts().length).toBe(8)
    await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowRight}')
    await expect
      .poll(() => rowTexts().slice(0, 5))
      .toEqual([
        '1 adirectory, 3 keys',
        '2 (empty)keydirectory, 1 key',
        '3 b',
        '2 bkeydirectory, 1 key',
        '3 (empty)',
      ])
    const open = async (at: number, key: string) => {
      await page.getByRole('treeitem').nth(at).getByRole('button').last().click()
      await expect.element(heading()).toHaveTextContent(key)
      await expect.poll(() => new URLSearchParams(view.url().slice(5)).get('key')).toBe(key)
    }
    await open(1, '/a/')
    await open(2, '/a//b')
    await open(3, '/a/b')
    await open(4, '/a/b/')
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
    expect(await findViolations(view.container)).toEqual([])
  })

  it('500 levels deep there is a row for each, with its level instead of more room', async () => {
    const view = openKeysPage(`/keys?key=${encodeURIComponent(`/${'d/'.repeat(499)}end`)}`, {
      'kv/v3/children': ({ query }) => {
        const prefix = query.get('prefix') ?? ''
        const name = prefix === '' ? '/d' : `${prefix}d`
        return level(prefix.length === 2 * 499 + 1 ? [leaf(`${prefix}end`)] : [dir(name, 1)])
      },
    })
    await expect.element(item(/^end level 499/)).toBeVisible()
    expect(askedFor(view, 'kv/v3/children')).toHaveLength(500)
    const row = item(/^end level 499/).element()
    expect(row.getAttribute('aria-level')).toBe('500')
    expect(Number.parseFloat(getComputedStyle(row).paddingInlineStart)).toBe(320)
  })
})

describe('a directory of many pages', () => {
  it('is read on until the key of a link is found, which is then in view', async () => {
    const flat = pages('/flat/', 3_000)
    openKeysPage('/keys?key=%2Fflat%2F002500', {
      'kv/v3/children': ({ query }) =>
        query.get('prefix') === '/flat/' ? flat(query) : level([dir('/flat', 3_000)]),
    })
    await expect.element(item('002500')).toHaveAttribute('aria-selected', 'true')
    await expect.element(item('002500')).toBeVisible()
    await expect.element(item('002500')).toHaveAttribute('aria-posinset', '2501')
  })

  it('says where the key of a link lies that is further down than is read by itself, and leads there', async () => {
    const flat = pages('/flat/', 30_000)
    const view = openKeysPage('/keys?key=%2Fflat%2F015000', {
      'kv/v3/children': ({ query }) =>
        query.get('prefix') === '/flat/' ? flat(query) : level([dir('/flat', 30_000)]),
    })
    const note = page.getByText('The opened key lies behind the first 10,000 rows of /flat/')
    await expect.element(note, { timeout: 30_000 }).toBeVisible()
    await page.getByRole('button', { name: 'Load more' }).click()
    await expect.element(item('015000'), { timeout: 30_000 }).toHaveAttribute('aria-selected', 'true')
    await expect.element(note).not.toBeInTheDocument()
    view.unmount()
    const again = openKeysPage('/keys?key=%2Fflat%2F015000', {
      'kv/v3/children': ({ query }) =>
        query.get('prefix') === '/flat/' ? flat(query) : level([dir('/flat', 30_000)]),
    })
    await page.getByRole('button', { name: 'Show in the list' }).click()
    await expect.poll(() => askedFor(again, 'kv/v3/search').at(-1)?.query.get('from')).toBe('/flat/015000')
  })

  it('says how many are missing, and why the next page did not come', async () => {
    let isAway = true
    const all = pages('/', 800)
    openKeysPage('/keys', {
      'kv/v3/children': ({ query }) =>
        query.has('cursor') && isAway ? refusal(504, 'etcd_timeout') : all(query),
    })
    await expect.element(item('000000')).toBeVisible()
    page.getByRole('tree').element().focus()
    await userEvent.keyboard('{End}')
    await expect.element(item(/Could not load more/)).toBeVisible()
    isAway = false
    await page.getByRole('button', { name: 'Try again' }).click()
    await userEvent.keyboard('{End}')
    await expect.element(item('000799')).toBeInTheDocument()
  })

  it('begins again by itself where the revision of its pages was compacted', async () => {
    let isCompacted = false
    const all = pages('/', 1_200)
    const view = openKeysPage('/keys', {
      'kv/v3/children': ({ query }) => {
        if (query.get('cursor') !== '500' || isCompacted) return all(query)
        isCompacted = true
        return refusal(409, 'revision_compacted')
      },
    })
    await expect.element(item('000000')).toBeVisible()
    page.getByRole('tree').element().focus()
    await userEvent.keyboard('{End}')
    await expect.poll(() => askedFor(view, 'kv/v3/children').length).toBeGreaterThanOrEqual(4)
    expect(
      askedFor(view, 'kv/v3/children')
        .map(({ query }) => query.get('cursor'))
        .slice(0, 4),
    ).toEqual([null, '500', null, '500'])
  })

  it('that was closed shows its pages again without asking', async () => {
    const view = openKeysPage('/keys', {
      'kv/v3/children': ({ query }) => level(query.get('prefix') === '' ? [dir('/a', 1)] : [leaf('/a/x')]),
    })
    await expect.element(item(/^a/)).toBeVisible()
    page.getByRole('tree').element().focus()
    await userEvent.keyboard('{ArrowRight}')
    await expect.element(item('x')).toBeVisible()
    await userEvent.keyboard('{ArrowLeft}')
    await expect.element(item('x')).not.toBeInTheDocument()
    await userEvent.keyboard('{ArrowRight}')
    await expect.element(item('x')).toBeVisible()
    expect(askedFor(view, 'kv/v3/children')).toHaveLength(2)
  })
})

describe('the menu of a row', () => {
  it('opens by the keyboard, acts, and gives the focus back', async () => {
    const view = openKeysPage('/keys', {
      'kv/v3/children': ({ query }) => level(query.get('prefix') === '' ? [dir('/a', 1)] : [leaf('/a/x')]),
    })
    await expect.element(item(/^a/)).toBeVisible()
    page.getByRole('tree').element().focus()
    await userEvent.keyboard('{Shift>}{F10}{/Shift}')
    const menu = page.getByRole('menu')
    await expect.element(menu.getByRole('menuitem', { name: 'Expand' })).toHaveFocus()
    await userEvent.keyboard('{Escape}')
    await expect.element(menu).not.toBeInTheDocument()
    await expect.element(page.getByRole('tree')).toHaveFocus()
    await item(/^a/).click({ button: 'right' })
    await menu.getByRole('menuitem', { name: 'Browse from here' }).click()
    await expect.poll(view.url).toBe('/keys?at=%2Fa%2F')
    await expect.element(page.getByText('Below /a/')).toBeVisible()
    await expect.element(item('x')).toBeVisible()
    await page.getByRole('button', { name: 'Show all keys' }).click()
    await expect.poll(view.url).toBe('/keys')
  })

  it('n makes a key where the row is, Delete asks for the one it is on', async () => {
    openKeysPage('/keys', {
      'kv/v3/children': ({ query }) => level(query.get('prefix') === '' ? [dir('/a', 1)] : [leaf('/a/x')]),
    })
    await expect.element(item(/^a/)).toBeVisible()
    page.getByRole('tree').element().focus()
    await userEvent.keyboard('{ArrowRight}')
    await expect.element(item('x')).toBeVisible()
    await userEvent.keyboard('n')
    await expect.element(page.getByRole('dialog').getByRole('textbox', { name: 'Key' })).toHaveValue('/a/')
    await userEvent.keyboard('{Escape}')
    await userEvent.keyboard('{ArrowDown}{Delete}')
    const dialog = page.getByRole('dialog', { name: 'Delete this key' })
    await expect.element(dialog.getByText('/a/x')).toBeVisible()
    await expect.element(dialog.getByRole('button', { name: 'Cancel' })).toHaveFocus()
  })
})

it('the splitter is moved by the keys, and the width is kept', async () => {
  const view = openKeysPage()
  const splitter = page.getByRole('separator', { name: 'Width of the tree' })
  await expect.element(splitter).toBeVisible()
  splitter.element().focus()
  await userEvent.keyboard('{Home}')
  await expect.element(splitter).toHaveAttribute('aria-valuenow', '240')
  await userEvent.keyboard('{ArrowRight}')
  await expect.element(splitter).toHaveAttribute('aria-valuenow', '256')
  view.unmount()
  openKeysPage()
  await expect.element(splitter).toHaveAttribute('aria-valuenow', '256')
})
