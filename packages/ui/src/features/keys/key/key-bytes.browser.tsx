import '../../../styles/tokens.css'
import '../../../styles/base.css'
import { describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import {
  AT,
  base64,
  button,
  bytesOf,
  expectLines,
  field,
  hex,
  openValue,
  sentBytes,
  stored,
} from '../../../../test/a-value.tsx'
import { signedInAt } from '../../../../test/signed-in.ts'

signedInAt(1_280, 900, { wrap: false })

describe('bytes', () => {
  const binary = Uint8Array.of(0x6b, 0x38, 0x73, 0x00, 0xff, 0x80)

  it('K4 that are no text have no text view, and are named where they are known', async () => {
    openValue(AT, stored(binary))
    await expect.element(page.getByText('Kubernetes object (protobuf), 6 bytes.')).toBeVisible()
    await expect.element(page.getByText('6b')).toBeVisible()
    await expect.element(button('Exact')).not.toBeInTheDocument()
    await expect.element(field()).not.toBeInTheDocument()
    await expect.element(button('Save')).toBeDisabled()
  })

  it('K4 are overwritten one by one, and nothing else changes', async () => {
    const view = openValue(AT, stored(binary))
    await expect.element(hex()).toBeVisible()
    hex().element().focus()
    await userEvent.keyboard('{ArrowRight}{ArrowRight}{ArrowRight}{ArrowRight}7F')
    await expect.element(hex()).toHaveAttribute('aria-valuetext', 'offset 000005: 80')
    await userEvent.keyboard('{Control>}s{/Control}')
    await expect.element(page.getByText('Saved.')).toBeVisible()
    expect([...sentBytes(view.puts()[0]?.body)]).toEqual([0x6b, 0x38, 0x73, 0x00, 0x7f, 0x80])
  })

  it('of a text are overwritten as well, and the text shows it', async () => {
    openValue(AT, stored('abc'))
    await button('Hex').click()
    hex().element().focus()
    await userEvent.keyboard('{End}44')
    await button('Exact').click()
    await expectLines(['abD'])
    await button('Hex').click()
    hex().element().focus()
    await userEvent.keyboard('ff')
    await expect.element(button('Exact')).not.toBeInTheDocument()
    await button('Discard').click()
    await expect.element(button('Exact')).toBeVisible()
  })

  it('K4 that were overwritten come back by Undo, and go again by Redo, in either view and after Discard', async () => {
    const view = openValue(AT, stored(binary))
    await expect.element(hex()).toBeVisible()
    const shown = () => [...document.querySelectorAll('.hex-line-bytes span')].map((pair) => pair.textContent)
    const pairs = (text: string) => text.split(' ')
    hex().element().focus()
    await userEvent.keyboard('{End}41{Home}{ArrowRight}2')
    await expect.poll(shown).toEqual(pairs('6b 28 73 00 ff 41'))
    await userEvent.keyboard('{Control>}z{/Control}')
    await expect.element(hex()).toHaveAttribute('aria-valuetext', 'offset 000001: 38')
    await userEvent.keyboard('{Control>}zzz{/Control}')
    await expect.poll(shown).toEqual(pairs('6b 38 73 00 ff 80'))
    await expect.element(button('Save')).toBeDisabled()
    await userEvent.keyboard('{Control>}y{/Control}{Control>}{Shift>}z{/Shift}{/Control}')
    await expect.poll(shown).toEqual(pairs('6b 38 73 00 ff 41'))
    await button('Discard').click()
    await expect.poll(shown).toEqual(pairs('6b 38 73 00 ff 80'))
    hex().element().focus()
    await userEvent.keyboard('{Control>}z{/Control}')
    await expect.poll(shown).toEqual(pairs('6b 38 73 00 ff 41'))
    await page.getByLabelText('Replace from file…').upload(new File(['text'], 'text.txt'))
    await expect.element(button('Exact')).toBeVisible()
    await button('Hex').click()
    hex().element().focus()
    await userEvent.keyboard('{Control>}z{/Control}')
    await expect.poll(shown).toEqual(pairs('6b 38 73 00 ff 41'))
    expect(view.puts()).toEqual([])
  })

  it('of a file, or typed, have no more room than all drafts together have, which is said', async () => {
    const keys = new Map([1, 2, 3, 4, 5].map((n) => [`/k${n}`, { bytes: bytesOf('abc'), modRevision: 7 }]))
    openValue('/keys?key=%2Fk1', keys)
    const replace = async (key: string, size: number) => {
      await page.getByRole('treeitem', { name: key }).getByText(key).click()
      await expect.element(page.getByRole('heading', { level: 2 })).toHaveTextContent(`/${key}`)
      await button('Hex').click()
      // not by the driver, which takes seconds for megabytes
      const files = new DataTransfer()
      files.items.add(new File([new Uint8Array(size).fill(0xff)], 'large.bin'))
      const input = page.getByLabelText('Replace from file…').element() as HTMLInputElement
      input.files = files.files
      input.dispatchEvent(new Event('change', { bubbles: true }))
    }
    for (const [key, size] of [
      ['k1', 2_097_152],
      ['k2', 2_097_152],
      ['k3', 2_097_152],
      ['k4', 2_097_052],
    ] as const) {
      await replace(key, size)
      await expect.element(page.getByText(`Binary, ${size.toLocaleString('en')} bytes.`)).toBeVisible()
    }
    const sentence = '4 keys have changes that are not saved. Save or discard some of them to edit this one.'
    await replace('k5', 101)
    await expect.element(page.getByRole('alert').getByText(sentence)).toBeVisible()
    await replace('k5', 100)
    await expect.element(page.getByText('Binary, 100 bytes.')).toBeVisible()
    await expect.element(page.getByText(sentence)).not.toBeInTheDocument()
    await button('Discard').click()
    await button('Exact').click()
    await expectLines(['abc'])
    await field().fill('x'.repeat(101))
    await expect.element(page.getByRole('alert').getByText(sentence)).toBeVisible()
    await expectLines(['abc'])
  })

  it('B39 are replaced from a file, exactly', async () => {
    const view = openValue(AT, stored('abc'), {}, { kv_max_value_size: 100 })
    await button('Hex').click()
    const choose = page.getByLabelText('Replace from file…')
    await choose.upload(new File([new Uint8Array(101)], 'large.bin'))
    await expect.element(page.getByText('This file has 101 bytes; a value has at most 100.')).toBeVisible()
    await choose.upload(new File([Uint8Array.of(0, 255, 13, 10)], 'small.bin'))
    await expect.element(page.getByText('Binary, 4 bytes.')).toBeVisible()
    await button('Save').click()
    await expect.element(page.getByText('Saved.')).toBeVisible()
    expect(view.puts()[0]?.body).toMatchObject({ value_b64: base64(Uint8Array.of(0, 255, 13, 10)) })
  })
})
