import '../../../styles/tokens.css'
import '../../../styles/base.css'
import { expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { askedFor, dir, leaf, level, openKeysPage, piece, value } from '../../../../test/a-keys-page.tsx'
import { field } from '../../../../test/a-value.tsx'
import { signedInAt } from '../../../../test/signed-in.ts'

const item = (name: string | RegExp) => page.getByRole('treeitem', { name })
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })

signedInAt(1_280, 900, { wrap: false })

interface PutBody {
  readonly key: string
  readonly value: string
  readonly ttl?: number
}

/** Two directories, of which the second is of no matter to the first. */
function openTree(start: string) {
  const keys = new Map([
    ['/a/x', 7],
    ['/a/y', 7],
    ['/b/z', 7],
  ])
  const below = (prefix: string) => [...keys.keys()].filter((key) => key.startsWith(prefix))
  const put = ({ key, value: text, ttl: lease }: PutBody) => {
    const revision = (keys.get(key) ?? 0) + 2
    keys.set(key, revision)
    return value(key, text, { modifiedIndex: revision, ...(lease && { lease_id: '99', ttl: lease }) })
  }
  const view = openKeysPage(start, {
    'kv/v3/children': ({ query }) => {
      const prefix = query.get('prefix') ?? ''
      if (prefix !== '') return level(below(prefix).map((key) => leaf(key)))
      const names = [...new Set([...keys.keys()].map((key) => key.slice(0, 2)))].toSorted()
      return level(names.map((name) => dir(name, below(`${name}/`).length)))
    },
    'kv/v3/put': ({ body }) => {
      const sent = body as PutBody
      return { ...put(sent), created: false, ...(sent.ttl && { granted_ttl: sent.ttl }) }
    },
    'kv/v3/delete': ({ body }) => {
      keys.delete((body as { key: string }).key)
      return { message: 'ok', deleted: 1, revision: 8 }
    },
    'kv/v3/search': () => piece([...keys].map(([key, modifiedIndex]) => leaf(key, { modifiedIndex }))),
  })
  return { view, read: () => askedFor(view, 'kv/v3/children').map(({ query }) => query.get('prefix') ?? '') }
}

async function openBoth(start: string) {
  const opened = openTree(start)
  await expect.element(item(/^b directory/)).toBeVisible()
  await item(/^b directory/)
    .getByRole('button', { includeHidden: true })
    .first()
    .click()
  await expect.element(item('z')).toBeVisible()
  await expect.element(item('y')).toBeVisible()
  return opened
}

it('B37 a save reads no directory again, and the row of its key is true at once', async () => {
  const { read } = await openBoth('/keys?key=%2Fa%2Fx')
  const before = read().length
  await expect.element(field()).toHaveTextContent('stored')
  await page.getByRole('combobox', { name: 'Time to live' }).selectOptions('New time to live')
  await page.getByRole('textbox', { name: 'Seconds' }).fill('60')
  await button('Save').click()
  await expect.element(page.getByText('Saved.')).toBeVisible()
  await expect.element(item(/^x has a lease/)).toBeVisible()
  expect(read()).toHaveLength(before)
})

it('B37 a key that is deleted or created has the directories on its way read again, and no others', async () => {
  const { view, read } = await openBoth('/keys?key=%2Fa%2Fx')
  const before = read().length
  await button('Delete…').click()
  await button('Delete 1 key').click()
  await expect.element(item('a directory, 1 key')).toBeVisible()
  await expect.element(item('x')).not.toBeInTheDocument()
  expect(read().slice(before)).toEqual(['', '/a/'])
  await button('Create key').click()
  await page.getByRole('dialog').getByRole('textbox', { name: 'Key' }).fill('/b/new')
  await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click()
  await expect.element(item('new')).toHaveAttribute('aria-selected', 'true')
  expect(new Set(read().slice(before + 2))).toEqual(new Set(['', '/b/']))
  await expect.element(item('b directory, 2 keys')).toBeVisible()
  expect(view.url()).toBe('/keys?key=%2Fb%2Fnew')
})

it('B37 a save is seen in the list, which is not read again', async () => {
  const { view } = openTree('/keys?view=list&key=%2Fa%2Fx')
  const row = (name: RegExp) => page.getByRole('listbox', { name: 'List' }).getByRole('option', { name })
  await expect.element(row(/^\/a\/x rev 7/)).toBeVisible()
  await field().click()
  await userEvent.keyboard('!')
  await button('Save').click()
  await expect.element(row(/^\/a\/x rev 9/)).toBeVisible()
  await button('Delete…').click()
  await button('Delete 1 key').click()
  await expect.element(row(/^\/a\/x/)).not.toBeInTheDocument()
  expect(askedFor(view, 'kv/v3/search')).toHaveLength(1)
})
