import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { answerLayout, beginMonitor, drawn, openMonitor, panel } from '../../../test/a-monitor.tsx'
import { findViolations } from '../../../test/a11y.ts'
import { type Answer, type RenderedPage, refusal } from '../../../test/render-page.tsx'
import type { LayoutAnswer } from '../../api/answers.ts'
import { endSession } from '../../api/session.ts'
import { changePrefs } from '../../prefs.ts'

beforeEach(beginMonitor)
afterEach(() => endSession('out'))

const dialog = page.getByRole('dialog', { name: 'Panels and cards' })
const group = (name: string) => dialog.getByRole('list', { name })
const names = (name: string) =>
  [...group(name).element().querySelectorAll('.checkbox')].map((label) => label.textContent)
const box = (name: string) => dialog.getByRole('checkbox', { name, exact: true })
const save = dialog.getByRole('button', { name: 'Save changes' })
const written = ({ asked }: RenderedPage) =>
  asked.filter(({ method }) => method === 'PUT').map(({ body }) => body as LayoutAnswer)

/** A server that keeps what it is given. */
async function openDialog(put?: Answer) {
  let stored: LayoutAnswer | undefined
  const view = openMonitor('/monitor', {
    'user/panel-config': (asked) => {
      if (asked.method === 'GET') return answerLayout(stored)
      if (put) return put(asked)
      stored = asked.body as LayoutAnswer // what the page sent
      return { message: 'ok' }
    },
  })
  await drawn(view)
  await page.getByRole('button', { name: 'Panels and cards' }).click()
  await expect.element(dialog).toBeVisible()
  return view
}

describe('what is chosen', () => {
  it('changes nothing until it is saved, and the page at once then', async () => {
    const view = await openDialog()
    await box('Raft Proposals').click()
    await box('Lease Activity').click()
    await box('Raft Term').click()
    await expect.element(dialog.getByText('6 of 7 shown')).toBeVisible()
    await expect.element(panel('Raft Proposals')).toBeInTheDocument()
    await save.click()
    await expect.element(dialog).not.toBeInTheDocument()
    await expect.element(panel('Raft Proposals')).not.toBeInTheDocument()
    await expect.element(panel('Lease Activity')).toBeInTheDocument()
    expect(page.getByRole('region', { name: 'At a glance' }).getByRole('listitem').elements()).toHaveLength(
      13,
    )
    const [layout] = written(view)
    expect(layout?.panels).toHaveLength(41)
    expect(layout?.panels[0]).toEqual({ id: 'chartRaftProposals', visible: false, order: 1 })
    expect(layout?.cards?.[3]).toEqual({ id: 'cardRaftTerm', visible: false, order: 4 })
    await expect.element(page.getByRole('button', { name: 'Panels and cards' })).toHaveFocus()
  })

  it('is at most seven cards: the eighth says why not', async () => {
    await openDialog()
    await expect.element(box('Commit-Apply Lag')).toHaveAttribute('aria-disabled', 'true')
    await expect
      .element(box('Commit-Apply Lag'))
      .toHaveAccessibleDescription('Seven cards are shown. Hide one first.')
    ;(box('Commit-Apply Lag').element() as HTMLElement).click()
    await expect.element(box('Commit-Apply Lag')).not.toBeChecked()
    await box('Leader Status').click()
    await box('Commit-Apply Lag').click()
    await expect.element(box('Commit-Apply Lag')).toBeChecked()
    await expect.element(box('Leader Status')).toHaveAttribute('aria-disabled', 'true')
  })

  it('can be all of a section, none of it, and the defaults again', async () => {
    const view = await openDialog()
    await dialog.getByRole('button', { name: 'Show all of Raft & Server' }).click()
    await expect.element(dialog.getByText('9 of 9 shown')).toBeVisible()
    for (const section of view.container.ownerDocument.querySelectorAll('.layout-group-head h3'))
      if (section.textContent !== 'Cards')
        await dialog.getByRole('button', { name: `Hide all of ${section.textContent}` }).click()
    await save.click()
    await expect.element(page.getByText('All panels are hidden.')).toBeVisible()
    await page.getByRole('button', { name: 'Choose panels' }).click()
    await dialog.getByRole('button', { name: 'Restore defaults' }).click()
    await save.click()
    await expect.element(panel('Raft Proposals')).toBeInTheDocument()
    expect(written(view)[1]?.panels.filter(({ visible }) => visible)).toHaveLength(21)
  })

  it('is found by name', async () => {
    await openDialog()
    await dialog.getByLabelText('Filter by name').fill('wal')
    await expect.element(box('WAL Fsync Duration')).toBeVisible()
    await expect.element(box('Raft Proposals')).not.toBeInTheDocument()
    expect(dialog.getByRole('button', { name: 'Move WAL Fsync Duration up' }).elements()).toHaveLength(0)
    await dialog.getByLabelText('Filter by name').fill('no such thing')
    await expect.element(dialog.getByText('No panel or card has this in its name.')).toBeVisible()
  })
})

describe('the order', () => {
  it('is changed by buttons alone, which keep the focus and say where things are', async () => {
    const view = await openDialog()
    const up = dialog.getByRole('button', { name: 'Move Leader Changes up' }).last()
    await userEvent.click(up)
    const before = names('Raft & Server')
    up.element().focus()
    await userEvent.keyboard('{Enter}')
    await expect.element(up).toHaveFocus()
    const place = before.indexOf('Leader Changes')
    expect(names('Raft & Server').indexOf('Leader Changes')).toBe(Math.max(0, place - 1))
    await expect
      .element(dialog.getByRole('status'))
      .toHaveTextContent(`Leader Changes is now at place ${Math.max(1, place)} of 9.`)
    await save.click()
    await expect.element(dialog).not.toBeInTheDocument()
    const titles = [...view.container.querySelectorAll('.chart-panel h3')].map((h3) => h3.textContent)
    expect(titles.indexOf('Leader Changes')).toBeLessThan(titles.indexOf('Slow Operations'))
  })

  it('ends at both ends', async () => {
    await openDialog()
    const first = dialog.getByRole('button', { name: 'Move Leader Status up' })
    await expect.element(first).toHaveAttribute('aria-disabled', 'true')
    ;(first.element() as HTMLElement).click()
    expect(names('Cards')[0]).toBe('Leader Status')
    await expect
      .element(dialog.getByRole('button', { name: 'Move Current Revision down' }))
      .toHaveAttribute('aria-disabled', 'true')
  })

  it('is changed by a drag of the handle, unless Esc ends it', async () => {
    await openDialog()
    await drag('Leader Status', 2)
    expect(names('Cards').slice(0, 3)).toEqual(['Leader Changes', 'Members', 'Leader Status'])
    await drag('Leader Status', -2)
    expect(names('Cards').slice(0, 3)).toEqual(['Leader Status', 'Leader Changes', 'Members'])
    await drag('Leader Status', 2, async () => {
      expect(dialog.element().querySelectorAll('[data-drop="after"]')).toHaveLength(1)
      await userEvent.keyboard('{Escape}')
    })
    expect(names('Cards')[0]).toBe('Leader Status')
    await expect.element(dialog).toBeVisible()
    expect(dialog.getByText('Discard changes?').elements()).toHaveLength(0)
  })
})

describe('leaving', () => {
  it('asks when something was changed', async () => {
    const view = await openDialog()
    await box('Raft Proposals').click()
    await userEvent.keyboard('{Escape}')
    await expect.element(dialog.getByText('Discard changes?')).toBeVisible()
    await expect.element(dialog.getByRole('button', { name: 'Keep editing' })).toHaveFocus()
    await dialog.getByRole('button', { name: 'Keep editing' }).click()
    await expect.element(box('Raft Proposals')).not.toBeChecked()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await dialog.getByRole('button', { name: 'Discard' }).click()
    await expect.element(dialog).not.toBeInTheDocument()
    expect(written(view)).toEqual([])
    await expect.element(panel('Raft Proposals')).toBeInTheDocument()
  })

  it('does not ask otherwise', async () => {
    await openDialog()
    await userEvent.keyboard('{Escape}')
    await expect.element(dialog).not.toBeInTheDocument()
  })
})

describe('saving', () => {
  it('that fails keeps what was chosen, says why, and can be tried again', async () => {
    let fails = true
    const view = await openDialog(() =>
      fails
        ? refusal(503, 'auth_store_unavailable', { detail: 'the state store does not answer' })
        : { message: 'ok' },
    )
    await box('Raft Proposals').click()
    await save.click()
    await expect
      .element(dialog.getByRole('alert'))
      .toMatchTextContent(/Sessions cannot be checked.*the state store does not answer/)
    await expect.element(box('Raft Proposals')).not.toBeChecked()
    fails = false
    await dialog.getByRole('button', { name: 'Try again' }).click()
    await expect.element(dialog).not.toBeInTheDocument()
    expect(written(view)).toHaveLength(2)
  })

  it('says when another window has saved meanwhile', async () => {
    let stored = answerLayout()
    const view = openMonitor('/monitor', { 'user/panel-config': () => stored })
    await drawn(view)
    await page.getByRole('button', { name: 'Panels and cards' }).click()
    await box('Raft Proposals').click()
    stored = answerLayout({ panels: [{ id: 'chartWALFsync', visible: false, order: 1 }] })
    window.dispatchEvent(new Event('visibilitychange'))
    await expect.element(dialog.getByText(/Another window has saved other panels/)).toBeVisible()
    await expect.element(box('Raft Proposals')).not.toBeChecked()
    await expect.element(box('WAL Fsync Duration')).toBeChecked()
  })

  it('is not offered for a choice that could not be loaded', async () => {
    let isLost = true
    openMonitor('/monitor', {
      'user/panel-config': () => (isLost ? refusal(500, 'internal') : answerLayout()),
    })
    await page.getByRole('button', { name: 'Panels and cards' }).click()
    await expect.element(dialog.getByText(/could not be loaded/)).toBeVisible()
    expect(save.elements()).toHaveLength(0)
    isLost = false
    await dialog.getByRole('button', { name: 'Try again' }).click()
    await expect.element(save).toBeVisible()
  })
})

it.each([
  ['dark', 1_280],
  ['light', 360],
] as const)('can be used by everybody (%s, %i px)', async (theme, width) => {
  changePrefs({ theme })
  await openDialog()
  await page.viewport(width, 800)
  expect(await findViolations()).toEqual([])
  expect(dialog.element().scrollWidth).toBeLessThanOrEqual(width)
})

/** Drags a card's handle over so many rows. */
async function drag(title: string, rows: number, before: () => Promise<void> = async () => {}) {
  const row = box(title).element().closest('li') ?? expect.unreachable()
  const handle = row.querySelector('.sortable-list-handle') ?? expect.unreachable()
  vi.spyOn(handle as HTMLElement, 'setPointerCapture').mockImplementation(() => {})
  const { top, left, height } = handle.getBoundingClientRect()
  const fire = (type: string, y: number) =>
    handle.dispatchEvent(
      new PointerEvent(type, { bubbles: true, cancelable: true, button: 0, clientX: left + 5, clientY: y }),
    )
  const middle = top + height / 2
  fire('pointerdown', middle)
  const there = middle + (rows + Math.sign(rows) * 0.2) * row.getBoundingClientRect().height
  fire('pointermove', there)
  await before()
  fire('pointerup', there)
}
