import '../../../styles/tokens.css'
import '../../../styles/base.css'
import { expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { changesOf, openKeysPage } from '../../../../test/a-keys-page.tsx'
import { findViolations } from '../../../../test/a11y.ts'
import { refusal } from '../../../../test/render-page.tsx'
import { signedInAt } from '../../../../test/signed-in.ts'

interface Body {
  readonly dry_run?: boolean
  readonly key?: string
  readonly expected_count?: number
  readonly limit?: number
}

const button = (name: string | RegExp) => page.getByRole('button', { name })
const textbox = (name: string | RegExp) => page.getByRole('textbox', { name })

/** A keyspace of which parts are deleted, each when it is released. */
function aKeyspace(count: number) {
  const keyspace = { count, waiting: [] as (() => void)[], isHeld: false }
  const hold = () =>
    keyspace.isHeld ? new Promise<void>((resolve) => keyspace.waiting.push(resolve)) : undefined
  const answer = async ({ body }: { readonly body: unknown }) => {
    const { dry_run: isDry, key, expected_count: expected, limit } = body as Body
    const shown = { message: 'dry run', dry_run: true, revision: 8 }
    if (key !== undefined) return { ...shown, count: 0, sample: [] }
    if (isDry) return { ...shown, count: keyspace.count, sample: ['/a/1'] }
    await hold()
    if (expected !== keyspace.count) return refusal(409, 'confirmation_required', { count: keyspace.count })
    const deleted = Math.min(keyspace.count, limit ?? keyspace.count)
    keyspace.count -= deleted
    return { message: 'ok', deleted, revision: 4_713, remaining: keyspace.count }
  }
  return { keyspace, answer, release: () => keyspace.waiting.shift()?.() }
}

const removals = (view: ReturnType<typeof openKeysPage>) =>
  changesOf(view)
    .map(({ body }) => body as Body)
    .filter((body) => !body.dry_run)

signedInAt(1_280, 900)

async function openDialog(count: number) {
  const { keyspace, answer, release } = aKeyspace(count)
  const view = openKeysPage('/keys?key=%2Fa&dir=1', { 'kv/v3/delete': answer })
  await button('Delete all below…').click()
  return { view, keyspace, release }
}

it('B43 a few keys need no number, and that the directory is no key is said', async () => {
  const { view } = await openDialog(3)
  await expect.element(page.getByText('3 keys will be deleted, at once and for good.')).toBeVisible()
  await expect.element(page.getByText('The key /a itself does not exist.')).toBeVisible()
  await expect.element(page.getByText('… and 2 more')).toBeVisible()
  expect(textbox(/Type/).elements()).toHaveLength(0)
  expect(await findViolations(view.container)).toEqual([])
  await button('Delete 3 keys').click()
  await expect.element(page.getByText(/3 keys deleted/)).toBeVisible()
})

it('B43 Enter in the field deletes only once the number is right', async () => {
  const { view } = await openDialog(12)
  await textbox('Type 12 to confirm').fill('1')
  await userEvent.keyboard('{Enter}')
  expect(removals(view)).toEqual([])
  await textbox('Type 12 to confirm').fill('12')
  await userEvent.keyboard('{Enter}')
  await expect.element(page.getByText(/12 keys deleted/)).toBeVisible()
  expect(removals(view)).toEqual([{ prefix: '/a/', dir: true, expected_count: 12 }])
})

it('B43 more than 100,000 keys go in parts, each with the rest of the one before', async () => {
  const { view } = await openDialog(250_000)
  await expect.element(page.getByText(/all writes of this cluster wait/)).toBeVisible()
  await expect.element(page.getByText(/in parts of 100,000 keys/)).toBeVisible()
  await textbox('Type 250000 to confirm').fill('250000')
  await button('Delete 250,000 keys').click()
  await expect.element(page.getByText(/250,000 keys deleted/)).toBeVisible()
  expect(removals(view).map(({ expected_count: expected, limit }) => [expected, limit])).toEqual([
    [250_000, 100_000],
    [150_000, 100_000],
    [50_000, undefined],
  ])
})

it('B43 Stop ends it after the part under way, and says what is left', async () => {
  const { view, keyspace, release } = await openDialog(250_000)
  await textbox('Type 250000 to confirm').fill('250000')
  keyspace.isHeld = true
  await button('Delete 250,000 keys').click()
  await expect.poll(() => keyspace.waiting.length).toBe(1)
  await expect.element(page.getByText('0 of 250,000 deleted.')).toBeVisible()
  await button('Stop').click()
  await expect.element(page.getByText(/Stops after the part under way/)).toBeVisible()
  release()
  await expect.element(page.getByText('Stopped: 100,000 keys deleted, 150,000 keys left.')).toBeVisible()
  expect(removals(view)).toHaveLength(1)
  keyspace.isHeld = false
  await button('Count again').click()
  await expect.element(textbox('Type 150000 to confirm')).toHaveValue('')
})

it('B43 a key that is added between two parts ends it, is counted, and asked for again', async () => {
  const { view, keyspace, release } = await openDialog(250_000)
  await textbox('Type 250000 to confirm').fill('250000')
  keyspace.isHeld = true
  await button('Delete 250,000 keys').click()
  await expect.poll(() => keyspace.waiting.length).toBe(1)
  release()
  await expect.poll(() => keyspace.waiting.length).toBe(1)
  keyspace.count += 1
  keyspace.isHeld = false
  release()
  await expect
    .element(page.getByText('The count changed to 150,001. Nothing more was deleted.'))
    .toBeVisible()
  await expect.element(page.getByText('100,000 keys deleted.')).toBeVisible()
  await expect.element(textbox('Type 150001 to confirm')).toHaveValue('')
  await expect.element(button('Delete 150,001 keys')).toBeDisabled()
  expect(removals(view)).toHaveLength(2)
})

it('B43 the whole keyspace needs its number and its words', async () => {
  const { answer } = aKeyspace(3)
  const view = openKeysPage('/keys', { 'kv/v3/delete': answer })
  await button('More').click()
  await page.getByRole('menuitem', { name: 'Delete all keys…' }).click()
  await textbox('Type 3 to confirm').fill('3')
  await expect.element(button('Delete 3 keys')).toBeDisabled()
  await textbox(/delete all keys/).fill('delete all keys')
  await button('Delete 3 keys').click()
  await expect.element(page.getByText('3 keys deleted at revision 4,713.')).toBeVisible()
  expect(removals(view)).toEqual([{ prefix: '', dir: true, expected_count: 3 }])
})
