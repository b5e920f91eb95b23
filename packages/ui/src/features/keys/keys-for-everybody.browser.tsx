import '../../styles/tokens.css'
import '../../styles/base.css'
import { expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { dir, KeysInShell, leaf, level, openKeysPage, piece, value } from '../../../test/a-keys-page.tsx'
import { isMarked, mark, pseudoLocale } from '../../../test/pseudo-locale.ts'
import { signedInAt } from '../../../test/signed-in.ts'
import { enKeys } from '../../i18n/en-keys.ts'
import { KeysMessagesContext } from '../../i18n/keys-messages-context.ts'
import { MessagesContext } from '../../i18n/messages-context.ts'

signedInAt(1_440, 900, { wrap: false })

const pseudoKeys = mark(enKeys) as typeof enKeys // the same members, texts for texts

const Translated = () => (
  <MessagesContext.Provider value={pseudoLocale}>
    <KeysMessagesContext.Provider value={pseudoKeys}>
      <KeysInShell />
    </KeysMessagesContext.Provider>
  </MessagesContext.Provider>
)

const open = (start: string) =>
  openKeysPage(
    start,
    {
      'kv/v3/children': () => level([dir('/a', 1_204), leaf('/b', { lease_id: '7' }), leaf('c')]),
      'kv/v3/get': ({ query }) => value(query.get('key') ?? '', 'stored', { lease_id: '7', ttl: 60 }),
      'kv/v3/search': () => piece([leaf('/b')]),
      'kv/v3/delete': () => ({ message: 'dry run', dry_run: true, count: 12, sample: ['/a/x'], revision: 8 }),
    },
    {},
    Translated,
  )

/** Names of keys and of etcd's things, values, numbers with their units, names of accounts. */
const NOT_OURS =
  /^(v2|v3|\/.*|[abc]|admin|stored|UTF-8|LF|JSON|YAML|TOML|XML|INI|JavaScript|Lua|[⋯●·]|[0-9a-f]{16}|[-\d.,:/ ]*(B|[KM]i?B)?)$/

/** Names of keys of the keyboard, and what stands around the page, outside of the catalogue that the test gives. */
const ASIDE = 'kbd, .toast-region'

/** What is read, or read out, of a page. */
function textsOf(root: Element): string[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  const texts: string[] = []
  while (walker.nextNode()) {
    const { currentNode: node } = walker
    if (!node.parentElement?.closest(ASIDE)) texts.push(node.textContent ?? '')
  }
  for (const name of ['aria-label', 'title', 'placeholder', 'aria-valuetext'])
    for (const one of root.querySelectorAll(`[${name}]:not(${ASIDE})`))
      texts.push(one.getAttribute(name) ?? '')
  return texts.map((text) => text.trim()).filter((text) => text !== '')
}

const foreign = () => textsOf(document.body).filter((text) => !isMarked(text) && !NOT_OURS.test(text))
const holds = () => document.documentElement.scrollWidth <= window.innerWidth

it.each([
  ['a value in the tree', '/keys?key=%2Fb', 'Version'],
  ['a directory', '/keys?key=%2Fa&dir=1', 'Delete all below'],
  ['the list', '/keys?view=list', 'That is the last key'],
  ['a search', '/keys?view=search&q=b', '1 hit'],
  ['a search in values', '/keys?view=search&q=b&in=value', '1 hit'],
])('B64 takes every text from the catalogue, and holds longer ones: %s', async (_, start, shown) => {
  open(start)
  await expect.poll(() => document.body.textContent).toContain(shown)
  await expect.poll(() => document.querySelectorAll('.data-state [aria-busy="true"]')).toHaveLength(0)
  expect(foreign()).toEqual([])
  expect(holds()).toBe(true)
})

it('B64 takes every text of its dialogs from the catalogue', async () => {
  open('/keys?key=%2Fa&dir=1')
  const dialog = () => page.getByRole('dialog')
  const check = async (title: RegExp) => {
    await expect.element(dialog().getByRole('heading', { name: title })).toBeVisible()
    expect(foreign()).toEqual([])
    await userEvent.keyboard('{Escape}')
    await expect.element(dialog()).not.toBeInTheDocument()
  }
  await expect.element(page.getByRole('treeitem').first()).toBeVisible()
  page.getByRole('tree').element().focus()
  await userEvent.keyboard('?')
  await check(/Keyboard shortcuts/)
  await userEvent.keyboard('n')
  await check(/Create key/)
  await page.getByRole('button', { name: /Delete all below/ }).click()
  await expect.element(dialog().getByText(/12 keys will be deleted/)).toBeVisible()
  await check(/Delete everything below/)
})
