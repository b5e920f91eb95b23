import '../../../styles/tokens.css'
import '../../../styles/base.css'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import {
  AT,
  button,
  bytesOf,
  expectLines,
  field,
  lines,
  openValue,
  sentBytes,
  stored,
} from '../../../../test/a-value.tsx'
import { signedInAt } from '../../../../test/signed-in.ts'

signedInAt(1_280, 900, { wrap: false })

const HOSTILE = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>'

describe('the exact text', () => {
  it.each([
    ['empty', '', 'x'],
    ['one line', 'a', 'xa'],
    ['LF', 'a\nb\n', 'xa\nb\n'],
    ['CRLF', 'a\r\nb\r\n', 'xa\r\nb\r\n'],
    ['CR', 'a\rb', 'xa\rb'],
    ['mixed ends', 'a\r\nb\nc\r', 'xa\r\nb\nc\r'],
    ['CR CR LF', 'a\r\r\nb', 'xa\r\r\nb'],
    ['a byte-order mark', '\ufeffé', 'x\ufeffé'],
    ['NUL', 'a\0b', 'xa\0b'],
    ['U+2028', 'a\u2028b\u2029c\u0085d', 'xa\u2028b\u2029c\u0085d'],
    ['NFD', 'e\u0301\u202e\u200d', 'xe\u0301\u202e\u200d'],
    ['astral', '😀\ud800\udc00', 'x😀\ud800\udc00'],
    ['tabs and blanks', '\t a \n \n', 'x\t a \n \n'],
  ])('B38 keeps every byte but the one that was typed: %s', async (_, text, typed) => {
    const view = openValue(AT, stored(text))
    await field().click()
    await userEvent.keyboard('{Control>}{Home}{/Control}x')
    await button('Save').click()
    await expect.element(page.getByText('Saved.')).toBeVisible()
    expect([...sentBytes(view.puts()[0]?.body)]).toEqual([...bytesOf(typed)])
    await expect.element(button('Save')).toBeDisabled()
  })

  it('ends a new line as the others end, also in what is pasted', async () => {
    const view = openValue(AT, stored('a\r\nb'))
    await field().click()
    await userEvent.keyboard('{Control>}{End}{/Control}{Enter}c')
    const pasted = new DataTransfer()
    pasted.setData('text/plain', '\nd\ne')
    document
      .querySelector('.text-editor')
      ?.shadowRoot?.querySelector('.cm-content')
      ?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: pasted, bubbles: true, cancelable: true }))
    await userEvent.keyboard('{Control>}s{/Control}')
    await expect.element(page.getByText('Saved.')).toBeVisible()
    expect(new TextDecoder().decode(sentBytes(view.puts()[0]?.body))).toBe('a\r\nb\r\nc\r\nd\r\ne')
  })

  it.each([
    ['CRLF', 'b\r\nc\r\n'],
    ['CR', 'b\rc'],
    ['mixed ends', 'b\r\nc\nd\r'],
  ])('of one line takes what is pasted with its line ends: %s', async (_, text) => {
    const view = openValue(AT, stored('a'))
    await field().click()
    await userEvent.keyboard('{End}')
    const pasted = new DataTransfer()
    pasted.setData('text/plain', text)
    document
      .querySelector('.text-editor')
      ?.shadowRoot?.querySelector('.cm-content')
      ?.dispatchEvent(new ClipboardEvent('paste', { clipboardData: pasted, bubbles: true, cancelable: true }))
    await userEvent.keyboard('x{Control>}s{/Control}')
    await expect.element(page.getByText('Saved.')).toBeVisible()
    expect(new TextDecoder().decode(sentBytes(view.puts()[0]?.body))).toBe(`a${text}x`)
  })

  it('is copied by hand with its line ends where the browser lets no program copy', async () => {
    const copied: string[] = []
    const listen = (event: ClipboardEvent) => copied.push(event.clipboardData?.getData('text/plain') ?? '')
    const refuse = () => Promise.reject(new Error('not here'))
    const write = vi.spyOn(navigator.clipboard, 'writeText').mockImplementation(refuse)
    const command = vi.spyOn(document, 'execCommand').mockReturnValue(false)
    onTestFinished(() => {
      write.mockRestore()
      command.mockRestore()
      document.removeEventListener('copy', listen)
    })
    openValue(AT, stored('a\r\nb\rc\n'))
    await button('More for this key').click()
    await page.getByRole('menuitem', { name: 'Copy stored value' }).click()
    const text = page.getByRole('dialog').getByRole('textbox')
    await expect.element(text).toHaveFocus()
    document.addEventListener('copy', listen)
    await userEvent.keyboard('{Control>}c{/Control}')
    await expect.poll(() => copied).toEqual(['a\r\nb\rc\n'])
  })

  it('is saved against the revision that was read, once, and is clean again when it is typed back', async () => {
    const view = openValue(AT, stored('one'))
    await field().click()
    await userEvent.keyboard('{End}!')
    await expect.element(page.getByText('Not saved')).toBeVisible()
    await userEvent.keyboard('{Backspace}')
    await expect.element(button('Save')).toBeDisabled()
    await userEvent.keyboard('!{Control>}s{/Control}')
    await expect.element(page.getByText(/Modified 9/)).toBeVisible()
    expect(view.puts().map(({ body }) => body)).toEqual([
      { key: '/cfg', value: 'one!', mod_revision: 7, data_since: 3 },
    ])
    // what was before the save can be had back in the editor; it is not written
    await field().click()
    await userEvent.keyboard('{Control>}zzz{/Control}') // as many steps as it may have been, by how fast it was typed
    await expect.element(page.getByText('Not saved')).toBeVisible()
    expect(lines()).toEqual(['one'])
    expect(view.puts()).toHaveLength(1)
  })

  it('shows hostile values as text, in every view', async () => {
    const view = openValue(AT, stored(`${HOSTILE}\u202e\0`))
    await expect.poll(() => lines().join('')).toContain(HOSTILE)
    for (const tab of ['Formatted', 'Hex', 'Exact']) {
      await button(tab).click()
      await expect.element(button(tab)).toHaveAttribute('aria-pressed', 'true')
      expect(view.container.querySelector('main img, main script')).toBeNull()
    }
    expect(document.title).not.toContain('owned')
    expect(
      document.querySelector('.text-editor')?.shadowRoot?.querySelectorAll('.cm-specialChar').length,
    ).toBe(2)
  })

  it('says type, line ends, size and place, and what is no JSON', async () => {
    openValue(AT, stored('{"a": 1,\r\n}'))
    await expect.element(page.getByText('CRLF')).toBeVisible()
    await expect.element(page.getByText('11 B of 2 MiB')).toBeVisible()
    await expect.element(page.getByText('Line 1, column 1')).toBeVisible()
    await expect.element(page.getByText('Not valid JSON: "}" in line 2, column 1.')).toBeVisible()
    await expect.element(page.getByRole('combobox', { name: 'Type' })).toHaveValue('json')
    await page.getByRole('combobox', { name: 'Type' }).selectOptions('text')
    await expect.element(page.getByText(/Not valid JSON/)).not.toBeInTheDocument()
  })

  it('that is no JSON is saved after one question', async () => {
    const view = openValue(AT, stored('{}'))
    await field().click()
    await userEvent.keyboard('{Control>}{End}{/Control}!{Control>}s{/Control}')
    await expect
      .element(page.getByText('This is not valid JSON (line 1). etcd takes any text.'))
      .toBeVisible()
    expect(view.puts()).toEqual([])
    await button('Save anyway').click()
    await expect.element(page.getByText('Saved.')).toBeVisible()
    expect(view.puts()).toHaveLength(1)
  })

  it('takes every letter: none of them is a shortcut of the page', async () => {
    openValue(AT, stored('a'))
    await field().click()
    await userEvent.keyboard('{End}/nr?gc')
    await expectLines(['a/nr?gc'])
  })

  it('can be left with the keyboard', async () => {
    openValue(AT, stored('a'))
    await field().click()
    await userEvent.keyboard('{Tab}')
    expect(document.activeElement?.shadowRoot).toBeNull()
    expect(lines()).toEqual(['a'])
  })

  it('of 1.5 MB is opened and typed in', async () => {
    const line = '{"key": "value", "number": 12345678901234567890}\n'
    const view = openValue(AT, stored(line.repeat(31_000)))
    await expect.poll(() => lines().length).toBeGreaterThan(10)
    expect(lines().length).toBeLessThan(200)
    await field().click()
    await userEvent.keyboard('{Control>}{End}{/Control}xyz')
    await expect.poll(() => lines().at(-1)).toBe('xyz')
    await page.getByRole('combobox', { name: 'Type' }).selectOptions('text')
    await button('Save').click()
    await expect.element(page.getByText('Saved.')).toBeVisible()
    expect(sentBytes(view.puts()[0]?.body)).toHaveLength(line.length * 31_000 + 3)
  })
})

describe('the formatted text', () => {
  const TIGHT = '{"b":12345678901234567890,"a":1.0,"a":"\\u00e9"}'

  it('B46 leaves numbers, duplicates and escapes as they are, and stores the exact text', async () => {
    const view = openValue(AT, stored(TIGHT))
    await button('Formatted').click()
    await expect.element(page.getByText('Preview. Saving stores the exact text.')).toBeVisible()
    await expectLines(['{', '  "b": 12345678901234567890,', '  "a": 1.0,', '  "a": "\\u00e9"', '}'])
    await expect.element(button('Save')).toBeDisabled()
    await button('Exact').click()
    await expectLines([TIGHT])
    await button('Formatted').click()
    await button('Use formatted text').click()
    await expect.poll(() => lines().length).toBe(5)
    await expect.element(page.getByText('Not saved')).toBeVisible()
    await field().click()
    await userEvent.keyboard('{Control>}z{/Control}')
    await expectLines([TIGHT])
    await expect.element(button('Save')).toBeDisabled()
    expect(view.puts()).toEqual([])
  })

  it('says of what does not parse where it ends, and shows it as it is', async () => {
    openValue(AT, stored('{"a": 01}'))
    await button('Formatted').click()
    await expect.element(page.getByText('Not valid JSON: "0" in line 1, column 7.').first()).toBeVisible()
    await expectLines(['{"a": 01}'])
    await page.getByRole('combobox', { name: 'Type' }).selectOptions('yaml')
    await expect.element(page.getByText('No formatter for YAML. This is the exact text.')).toBeVisible()
  })
})
