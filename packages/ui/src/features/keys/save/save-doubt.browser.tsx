import '../../../styles/tokens.css'
import '../../../styles/base.css'
import { describe, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import {
  AT,
  aKey,
  button,
  type FakeKey,
  keyAnswer,
  keysOf,
  lines,
  openValue,
  sentBytes,
  sentRevisions,
  typeAtEnd,
} from '../../../../test/a-value.tsx'
import { type Answer, refusal } from '../../../../test/render-page.tsx'
import { signedInAt } from '../../../../test/signed-in.ts'

signedInAt(1_280, 900, { wrap: false })

const dialog = () => page.getByRole('dialog', { name: 'Somebody else changed this key' })

describe('a save whose answer did not come', () => {
  /** The first put is done, or not, and never answered. */
  const losing = (keys: Map<string, FakeKey>, after: () => void, problem: () => Response): Answer => {
    let isFirst = true
    return ({ body }) => {
      if (isFirst) {
        isFirst = false
        after()
        return problem()
      }
      const { key } = body as { key: string }
      const next = { bytes: sentBytes(body), modRevision: 20 }
      keys.set(key, next)
      return { ...keyAnswer(key, next), created: false }
    }
  }
  const lost = () => refusal(504, 'outcome_unknown')

  it('B49 is looked for, and found', async () => {
    const keys = keysOf(['/cfg', aKey('old')])
    const view = openValue(AT, keys, {
      'kv/v3/put': losing(keys, () => keys.set('/cfg', aKey('old mine', 9)), lost),
    })
    await typeAtEnd(' mine')
    await button('Save').click()
    await expect
      .element(page.getByText('The answer did not arrive. The change may have been made.'))
      .toBeVisible()
    await expect.element(page.getByText('Saved.')).toBeVisible()
    await expect.element(page.getByText(/Modified 9/)).toBeVisible()
    expect(view.puts()).toHaveLength(1)
  })

  it('B49 is looked for and not found: it is saved again only when somebody says so', async () => {
    const keys = keysOf(['/cfg', aKey('old')])
    const view = openValue(AT, keys, {
      'kv/v3/put': losing(
        keys,
        () => {},
        () => Response.error(),
      ),
    })
    await typeAtEnd(' mine')
    await button('Save').click()
    await button('Check again').click()
    await expect.element(page.getByText('It was not saved.')).toBeVisible()
    expect(view.puts()).toHaveLength(1)
    expect(lines()).toEqual(['old mine'])
    await button('Save again').click()
    await expect.element(page.getByText('Saved.')).toBeVisible()
    expect(sentRevisions(view)).toEqual([7, 7])
  })

  it('B49 is a conflict where something else is found', async () => {
    const keys = keysOf(['/cfg', aKey('old')])
    openValue(AT, keys, { 'kv/v3/put': losing(keys, () => keys.set('/cfg', aKey('theirs', 9)), lost) })
    await typeAtEnd(' mine')
    await button('Save').click()
    await button('Check again').click()
    await expect.element(dialog().getByText(/etcd now has 9\./)).toBeVisible()
  })

  it('stays in doubt while the key cannot be read', async () => {
    const keys = keysOf(['/cfg', aKey('old')])
    let isDown = false
    openValue(AT, keys, {
      'kv/v3/put': losing(keys, () => (isDown = true), lost),
      'kv/v3/get': () =>
        isDown ? refusal(503, 'etcd_unavailable') : keyAnswer('/cfg', keys.get('/cfg') ?? aKey('')),
    })
    await typeAtEnd(' mine')
    await button('Save').click()
    await button('Check again').click()
    await expect.element(page.getByText(/and the key could not be read/)).toBeVisible()
    isDown = false
    await button('Check again').click()
    await expect.element(page.getByText('It was not saved.')).toBeVisible()
  })
})
