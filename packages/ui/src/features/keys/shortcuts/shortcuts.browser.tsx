import '../../../styles/tokens.css'
import '../../../styles/base.css'
import { expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { askedFor, leaf, level, openKeysPage } from '../../../../test/a-keys-page.tsx'
import { field } from '../../../../test/a-value.tsx'
import { findViolations } from '../../../../test/a11y.ts'
import { signedInAt } from '../../../../test/signed-in.ts'
import { currentPrefs } from '../../../prefs.ts'

const dialog = () => page.getByRole('dialog', { name: 'Keyboard shortcuts' })
const listed = () =>
  dialog()
    .getByRole('region', { name: 'On this page' })
    .getByRole('term')
    .elements()
    .map(({ textContent }) => textContent)

signedInAt(1_280, 900, { shortcuts: true })

async function open(rules: object = {}) {
  const view = openKeysPage('/keys?key=%2Fa%2Fx', { 'kv/v3/children': () => level([leaf('/b')]) }, rules)
  await expect.element(page.getByRole('treeitem', { name: 'b' })).toBeVisible()
  await expect.element(field()).toHaveTextContent('stored')
  page.getByRole('tree').element().focus()
  return { view, reads: () => askedFor(view, 'kv/v3/children').length }
}

it('single keys refresh, find, create, and show what they do', async () => {
  const { reads } = await open()
  const before = reads()
  await userEvent.keyboard('r')
  await expect.poll(reads).toBe(before + 1)
  await userEvent.keyboard('/')
  await expect.element(page.getByRole('combobox', { name: 'Find keys, or paste a key' })).toHaveFocus()
  await userEvent.keyboard('r?') // text, here
  await expect.element(page.getByRole('combobox', { name: 'Find keys, or paste a key' })).toHaveValue('r?')
  expect(reads()).toBe(before + 1)
  await userEvent.keyboard('{Escape}')
  page.getByRole('tree').element().focus()
  await userEvent.keyboard('?')
  await expect.poll(listed).toEqual(['/', 'r', 'n', '?'])
  expect(await findViolations(dialog().element())).toEqual([])
  await userEvent.keyboard('r{Escape}')
  expect(reads()).toBe(before + 1)
  await expect.element(dialog()).not.toBeInTheDocument()
  page.getByRole('button', { name: 'Refresh' }).element().focus()
  await userEvent.keyboard('n')
  await expect.element(page.getByRole('dialog').getByRole('textbox', { name: 'Key' })).toHaveValue('/a/')
})

it('only what can be done is bound, and listed', async () => {
  await open({ kv_read_only: true })
  await userEvent.keyboard('n?')
  await expect.poll(listed).toEqual(['/', 'r', '?'])
})

it('can be switched off, and on again by the menu of the page', async () => {
  const { reads } = await open()
  await userEvent.keyboard('?')
  await dialog().getByRole('checkbox', { name: 'Single keys act on this page' }).click()
  await dialog().getByRole('button', { name: 'Close' }).click()
  expect(currentPrefs().shortcuts).toBe(false)
  const before = reads()
  await userEvent.keyboard('r?')
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Keyboard shortcuts…' }).click()
  await expect.element(dialog().getByRole('checkbox')).not.toBeChecked()
  expect(reads()).toBe(before)
})
