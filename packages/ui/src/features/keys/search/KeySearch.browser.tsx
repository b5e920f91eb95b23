import '../../../styles/tokens.css'
import '../../../styles/base.css'
import { describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { askedFor, HOSTILE, leaf, openKeysPage, piece, value } from '../../../../test/a-keys-page.tsx'
import { bytesOf, expectLines, field, hex, lines, openValue } from '../../../../test/a-value.tsx'
import { findViolations } from '../../../../test/a11y.ts'
import { refusal } from '../../../../test/render-page.tsx'
import { signedInAt } from '../../../../test/signed-in.ts'

const button = (name: string) => page.getByRole('button', { name, exact: true })
const option = (name: string | RegExp) =>
  page.getByRole('listbox', { name: 'Keys that were found' }).getByRole('option', { name })
const find = () => page.getByRole('combobox', { name: 'Find keys, or paste a key' })

signedInAt(1_280, 900)

/** Pieces of 100,000 keys, of which each has a hit, answered when they are released. */
function slowSearch(pieces: number) {
  const waiting: (() => void)[] = []
  let done = 0
  return {
    release: () => waiting.shift()?.(),
    isAsked: () => waiting.length > 0,
    answer: () =>
      new Promise<object>((resolve) => {
        waiting.push(() => {
          done += 1
          const isLast = done === pieces
          resolve(
            piece([leaf(`/web/${done}`)], {
              scanned: 100_000,
              in_scope: pieces * 100_000,
              last_key: `/web/${done}`,
              complete: isLast,
              cursor: isLast ? null : `after ${done}`,
            }),
          )
        })
      }),
  }
}

describe('B44 a search', () => {
  it('says how far it came at each moment, stops, and goes on where it was', async () => {
    const search = slowSearch(3)
    const view = openKeysPage('/keys?view=search&q=web', { 'kv/v3/search': search.answer })
    await expect.poll(search.isAsked).toBe(true)
    search.release()
    const first = '1 hit. Searched 100,000 of 300,000 keys, up to /web/1, at revision 4,711.'
    await expect.element(page.getByText(first).first()).toBeVisible()
    await button('Stop').click()
    await expect.element(button('Go on')).toBeVisible()
    await expect.poll(search.isAsked).toBe(true)
    search.release() // nobody waits for this one any more
    await expect.element(page.getByText(first).first()).toBeVisible()
    await button('Go on').click()
    await expect.poll(search.isAsked).toBe(true)
    search.release()
    await expect.element(option(/web\/3/)).toBeVisible()
    await expect
      .element(page.getByText('2 hits. Searched all 200,000 keys at revision 4,711.').first())
      .toBeVisible()
    expect(askedFor(view, 'kv/v3/search').map(({ query }) => query.get('cursor'))).toEqual([
      null,
      'after 1',
      'after 1',
    ])
  })

  it('marks what was found, as text, and opens it', async () => {
    const view = openKeysPage('/keys?view=search&q=IMG', {
      'kv/v3/search': () => piece([leaf(`/${HOSTILE}`)]),
    })
    await expect.element(option(/img/)).toBeVisible()
    expect(view.container.querySelector('mark')?.textContent).toBe('img')
    expect(view.container.querySelector('main img')).toBeNull()
    await option(/img/).click()
    await expectLines(['stored'])
    expect(new URLSearchParams(view.url().slice(5)).get('key')).toBe(`/${HOSTILE}`)
    expect(askedFor(view, 'kv/v3/search')[0]?.query.toString()).toBe(
      'prefix=&q=IMG&in=key&case=ignore&limit=1000',
    )
    expect(document.title).not.toBe('owned')
    expect(await findViolations(view.container)).toEqual([])
  })

  it('without hits says of what it looked through, and offers the values', async () => {
    const view = openKeysPage('/keys?view=search&q=foo', {
      'kv/v3/search': () => piece([], { scanned: 1_000, in_scope: 1_000 }),
    })
    await expect
      .element(page.getByText('No key below / contains “foo”. Searched all 1,000 keys.').first())
      .toBeVisible()
    await button('Search values').click()
    expect(view.url()).toBe('/keys?view=search&q=foo&in=value')
    await expect.element(page.getByText(/^No value below/).first()).toBeVisible()
  })

  const openHit = async (bytes: Uint8Array) => {
    openValue('/keys?view=search&q=needle&in=value', new Map([['/hay', { bytes, modRevision: 7 }]]), {
      'kv/v3/search': () => piece([leaf('/hay')]),
    })
    await option(/\/hay/).click()
  }

  it('in values opens a hit where it first matches, in view and selected', async () => {
    const hay = Array.from({ length: 900 }, (_, at) => `line ${at + 1}`)
    hay[699] = 'é the Needle, NEEDLE'
    await openHit(bytesOf(hay.join('\r\n')))
    await expect.poll(lines).toContain('é the Needle, NEEDLE')
    await expect.element(page.getByText('Line 700, column 13')).toBeVisible()
    const editor = document.querySelector('.text-editor')?.shadowRoot
    const selected = () => editor?.querySelector('.cm-selectionBackground')?.getBoundingClientRect()
    const box = editor?.host.getBoundingClientRect()
    await expect.poll(() => selected()?.width).toBeGreaterThan(10)
    expect(selected()?.top).toBeGreaterThan(box?.top ?? 0)
    expect(selected()?.bottom).toBeLessThan(box?.bottom ?? 0)
    // whoever types goes on from there, and is not brought back
    await field().click({ position: { x: 60, y: 5 } })
    await userEvent.keyboard('{Control>}{End}{/Control}!')
    await expect.poll(() => lines().at(-1)).toBe('line 900!')
    await expect.element(page.getByText(/^Line 900/)).toBeVisible()
  })

  it('in values says where bytes that are no text match, or that they do not any more', async () => {
    await openHit(Uint8Array.from([0xff, ...bytesOf('Needle')]))
    await expect
      .element(
        page.getByText('“needle” is first at byte 1 (0x1). This value is no text: its bytes are shown.'),
      )
      .toBeVisible()
    await expect.element(hex()).toHaveAttribute('aria-valuetext', 'offset 000001: 4e')
    expect(hex().element().scrollTop).toBe(0)
  })

  it('in values says of a hit that it was changed since', async () => {
    await openHit(bytesOf('hay alone'))
    await expect.element(page.getByText(/^“needle” is not in this value\./)).toBeVisible()
  })

  it('reads the values of many keys only for who was told how many', async () => {
    const view = openKeysPage('/keys?view=search&q=foo&in=value&at=%2Fregistry%2F', {
      'kv/v3/search': ({ query }) =>
        query.has('q')
          ? piece([leaf('/registry/x')])
          : piece([leaf('/registry/a')], { in_scope: 1_000_000, complete: false, cursor: 'next' }),
    })
    await expect
      .element(page.getByText(/reads the value of each of the 1,000,000 keys below \/registry\//))
      .toBeVisible()
    expect(askedFor(view, 'kv/v3/search').some(({ query }) => query.has('q'))).toBe(false)
    await button('Read the values').click()
    await expect.element(option(/registry\/x/)).toBeVisible()
  })

  it('says why it ended early, and begins anew where its revision is gone', async () => {
    let isGone = false
    const view = openKeysPage('/keys?view=search&q=a', {
      'kv/v3/search': ({ query }) => {
        if (query.get('cursor') === null)
          return isGone
            ? piece([leaf('/a/new')])
            : piece([leaf('/a/1')], { in_scope: 2, complete: false, cursor: 'next' })
        isGone = true
        return refusal(409, 'revision_compacted')
      },
    })
    await expect.element(page.getByText(/The search ended early/)).toBeVisible()
    await expect.element(option(/a\/1/)).toBeVisible()
    await button('Go on').click()
    await expect.element(option(/a\/new/)).toBeVisible()
    await expect.element(option(/a\/1/)).not.toBeInTheDocument()
    expect(askedFor(view, 'kv/v3/search')).toHaveLength(3)
  })
})

describe('the find box', () => {
  it('opens a key that was pasted, and offers what else it may mean', async () => {
    const view = openKeysPage()
    await find().fill('/a//b')
    await expect.element(page.getByRole('option', { name: /Browse from/ })).toBeVisible()
    await userEvent.keyboard('{Enter}')
    await expect.poll(view.url).toBe('/keys?key=%2Fa%2F%2Fb')
    await find().fill('/a/')
    await userEvent.keyboard('{ArrowDown}{Enter}')
    await expect.poll(view.url).toBe('/keys?at=%2Fa%2F')
    await find().fill('web')
    await userEvent.keyboard('{Enter}')
    await expect.poll(view.url).toBe('/keys?view=search&at=%2Fa%2F&q=web')
  })

  it('is reached with one key, which is text inside a field', async () => {
    openKeysPage('/keys?key=%2Fa')
    await expect.element(page.getByRole('tree')).toBeInTheDocument()
    page.getByRole('tree').element().focus()
    await userEvent.keyboard('/')
    await expect.element(find()).toHaveFocus()
    await userEvent.keyboard('/')
    await expect.element(find()).toHaveValue('/')
  })
})

describe('B45 the list', () => {
  const rows = page.getByRole('listbox', { name: 'List' })

  it('begins at any key, and loads on while it is scrolled', async () => {
    const names = Array.from({ length: 500 }, (_, at) => leaf(`/k${String(at).padStart(3, '0')}`))
    const view = openKeysPage('/keys?view=list', {
      'kv/v3/search': ({ query }) => {
        if (query.get('from') === '/k250x') return piece([leaf('/k251')], { in_scope: 501 })
        return query.get('cursor') === null
          ? piece(names, { in_scope: 501, complete: false, cursor: 'next' })
          : piece([leaf('/last')], { in_scope: 501 })
      },
    })
    await expect.element(rows.getByRole('option', { name: /k000/ })).toBeVisible()
    await expect.element(page.getByText('501 keys')).toBeVisible()
    expect(rows.getByRole('option').elements().length).toBeLessThan(120)
    expect(askedFor(view, 'kv/v3/search')).toHaveLength(1)
    rows.element().focus()
    await userEvent.keyboard('{End}')
    await expect.element(page.getByText('That is the last key.')).toBeInTheDocument()
    await page.getByRole('textbox', { name: 'Go to key' }).fill('/k250x')
    await button('Go').click()
    await expect.element(rows.getByRole('option', { name: /k251/ })).toBeVisible()
    expect(rows.getByRole('option').elements()).toHaveLength(1)
    await button('From the first key').click()
    await expect.element(rows.getByRole('option', { name: /k000/ })).toBeVisible()
  })

  it.each([
    ['at=%2Fa%E2%80%AE%2F', '/a\u202e/', { prefix: '/a\u202e/' }],
    ['at_b64=L2L_Lw', '', { prefix_b64: 'L2L/Lw==' }],
  ])('begins again where it began when “Go to key” is sent as it is: %s', async (at, typed, asked) => {
    const view = openKeysPage(`/keys?view=list&${at}`, { 'kv/v3/search': () => piece([leaf('/a')]) })
    await expect.element(page.getByRole('textbox', { name: 'Go to key' })).toHaveValue(typed)
    await button('Go').click()
    await expect.poll(() => askedFor(view, 'kv/v3/search').length).toBe(2)
    for (const { query } of askedFor(view, 'kv/v3/search'))
      expect(Object.fromEntries(query)).toEqual({ ...asked, limit: '500' })
  })

  it('has the menu of a row, and makes and deletes keys from it, with the keys alone', async () => {
    openKeysPage('/keys?view=list', { 'kv/v3/search': () => piece([leaf('/a/x'), leaf('/b/y')]) })
    await expect.element(rows.getByRole('option', { name: /\/b\/y/ })).toBeVisible()
    rows.element().focus()
    await userEvent.keyboard('{ArrowDown}n')
    const dialog = page.getByRole('dialog')
    await expect.element(dialog.getByRole('textbox', { name: 'Key' })).toHaveValue('/b/')
    await userEvent.keyboard('{Escape}')
    await expect.element(rows).toHaveFocus()
    await userEvent.keyboard('{Shift>}{F10}{/Shift}')
    const items = () =>
      page
        .getByRole('menuitem')
        .elements()
        .map((item) => item.textContent)
    await expect.poll(items).toEqual(['Open', 'Copy key', 'Create key here…', 'Delete…'])
    await userEvent.keyboard('{End}{Enter}')
    await expect.element(dialog.getByText('/b/y')).toBeVisible()
  })

  it('opens the key of a row with the keys alone', async () => {
    const view = openKeysPage('/keys?view=list', {
      'kv/v3/search': () => piece([leaf('/a'), leaf('/b', { lease_id: '7' })]),
      'kv/v3/get': ({ query }) => value(query.get('key') ?? '', 'stored'),
    })
    await expect.element(rows.getByRole('option', { name: /\/b.*has a lease/ })).toBeVisible()
    rows.element().focus()
    await userEvent.keyboard('{ArrowDown}{Enter}')
    await expect.poll(view.url).toBe('/keys?view=list&key=%2Fb')
    await expect.element(rows.getByRole('option', { name: /\/b/ })).toHaveAttribute('aria-selected', 'true')
  })
})
