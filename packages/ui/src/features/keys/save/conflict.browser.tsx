import '../../../styles/tokens.css'
import '../../../styles/base.css'
import { describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import {
  AT,
  aKey,
  button,
  expectLines,
  hex,
  keysOf,
  lines,
  openValue,
  sentRevisions,
  typeAtEnd,
} from '../../../../test/a-value.tsx'
import { findViolations } from '../../../../test/a11y.ts'
import { signedInAt } from '../../../../test/signed-in.ts'

signedInAt(1_280, 900, { wrap: false })

const dialog = () => page.getByRole('dialog', { name: 'Somebody else changed this key' })
const inDiff = () =>
  [...(document.querySelector('.text-diff')?.shadowRoot?.querySelectorAll('.cm-content') ?? [])].map((side) =>
    [...side.querySelectorAll('.cm-line')].map(({ textContent }) => textContent).join('\n'),
  )

describe('a conflict', () => {
  it('B40 shows both texts, keeps what was typed, and then replaces only what was seen', async () => {
    const keys = keysOf(['/cfg', aKey('{\n  "replicas": 3\n}')])
    const view = openValue(AT, keys)
    await typeAtEnd('!')
    keys.set('/cfg', aKey('{\n  "replicas": 5\n}', 9))
    await page.getByRole('combobox', { name: 'Type' }).selectOptions('text')
    await button('Save').click()
    await expect
      .element(dialog().getByText('You edited revision 7, etcd now has 9. Nothing was written.'))
      .toBeVisible()
    await expect.poll(inDiff).toEqual(['{\n  "replicas": 5\n}', '{\n  "replicas": 3\n}!'])
    await expect.element(dialog().getByText('1 of 1 difference')).toBeVisible()
    expect(await findViolations(dialog().element())).toEqual([])
    await userEvent.keyboard('{Escape}')
    expect(lines()).toEqual(['{', '  "replicas": 3', '}!'])
    await expect
      .element(page.getByText('Based on a conflict: saving replaces revision 9, which you saw.'))
      .toBeVisible()
    await button('Save').click()
    await expect.element(page.getByText('Saved.')).toBeVisible()
    expect(sentRevisions(view)).toEqual([7, 9])
  })

  it('B40 is overwritten, and comes back when somebody was faster again', async () => {
    const keys = keysOf(['/cfg', aKey('old')])
    const view = openValue(AT, keys)
    await typeAtEnd(' mine')
    keys.set('/cfg', aKey('theirs', 9))
    await button('Save').click()
    await expect.element(button('Overwrite revision 9')).toBeVisible()
    keys.set('/cfg', aKey('theirs again', 11))
    await button('Overwrite revision 9').click()
    await expect.element(button('Overwrite revision 11')).toBeVisible()
    await expect.poll(inDiff).toEqual(['theirs again', 'old mine'])
    await button('Overwrite revision 11').click()
    await expect.element(page.getByText('Saved.')).toBeVisible()
    expect(sentRevisions(view)).toEqual([7, 9, 11])
    expect(new TextDecoder().decode(keys.get('/cfg')?.bytes)).toBe('old mine')
  })

  it('B40 ends with theirs', async () => {
    const keys = keysOf(['/cfg', aKey('old')])
    const view = openValue(AT, keys)
    await typeAtEnd(' mine')
    keys.set('/cfg', aKey('theirs', 9))
    await button('Save').click()
    await button('Take theirs').click()
    await expectLines(['theirs'])
    await expect.element(button('Save')).toBeDisabled()
    expect(sentRevisions(view)).toEqual([7])
  })

  it('B40 over a key that was deleted creates it again, or gives up what was typed', async () => {
    const keys = keysOf(['/cfg', aKey('old')])
    const view = openValue(AT, keys)
    await typeAtEnd(' mine')
    keys.delete('/cfg')
    await button('Save').click()
    await expect.element(dialog().getByText('Does not exist any more.')).toBeVisible()
    await button('Create it again').click()
    await expect.element(page.getByText('Saved.')).toBeVisible()
    expect(sentRevisions(view)).toEqual([7, 0])
    await typeAtEnd('!')
    keys.delete('/cfg')
    await button('Save').click()
    await button('Discard mine').click()
    await expect.element(page.getByText(/Expired or deleted\./)).toBeVisible()
    expect(lines()).toEqual(['old mine'])
    await button('Create it again').click()
    await expect.element(page.getByText('Saved.')).toBeVisible()
    expect(sentRevisions(view)).toEqual([7, 0, 2, 0])
  })

  it('B40 with a key that was deleted and made again is said, and shown when it is saved', async () => {
    const keys = keysOf(['/cfg', aKey('old')])
    openValue(AT, keys)
    await typeAtEnd(' mine')
    keys.delete('/cfg')
    await button('Save').click()
    await button('Keep editing').click()
    await button('Read again').click()
    await expect
      .element(page.getByText('The key was deleted meanwhile. Saving creates it again.'))
      .toBeVisible()
    keys.set('/cfg', aKey('theirs', 12))
    await button('Read again').click()
    await expect
      .element(
        page.getByText('The key was deleted meanwhile, and exists again at revision 12. Saving shows both.'),
      )
      .toBeVisible()
    await button('Save').click()
    await expect.element(dialog().getByText(/exists again, at revision 12/)).toBeVisible()
    await button('Take theirs').click()
    await expectLines(['theirs'])
    await expect.element(page.getByText(/The key was deleted meanwhile/)).not.toBeInTheDocument()
  })

  it('of bytes is shown byte over byte, with what is different marked', async () => {
    const keys = keysOf(['/cfg', aKey(Uint8Array.of(0xff, 1, 2, 3))])
    openValue(AT, keys)
    await expect.element(hex()).toBeVisible()
    hex().element().focus()
    await userEvent.keyboard('{End}aa')
    keys.set('/cfg', aKey(Uint8Array.of(0xff, 9, 2, 3), 9))
    await button('Save').click()
    await expect.element(dialog().getByText('1 of 1 difference')).toBeVisible()
    const marked = [...document.querySelectorAll('.hex-diff [data-differs]')].map(
      ({ textContent }) => textContent,
    )
    expect(marked).toEqual(['09', '03', '01', 'aa'])
  })

  it('of nothing but line ends is a difference', async () => {
    const keys = keysOf(['/cfg', aKey('a\r\nb')])
    openValue(AT, keys)
    await typeAtEnd('c')
    keys.set('/cfg', aKey('a\nbc', 9))
    await button('Save').click()
    await expect.element(dialog().getByText('1 of 1 difference')).toBeVisible()
  })

  it('is shown one text over the other on a phone', async () => {
    await page.viewport(390, 844)
    const keys = keysOf(['/cfg', aKey('same\nold')])
    openValue(AT, keys)
    await typeAtEnd(' mine')
    keys.set('/cfg', aKey('same\ntheirs', 9))
    await button('Save').click()
    await expect.poll(() => inDiff().length).toBe(1)
    await expect.poll(() => document.querySelector('.text-diff')?.shadowRoot?.textContent).toContain('theirs')
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(390)
  })
})
