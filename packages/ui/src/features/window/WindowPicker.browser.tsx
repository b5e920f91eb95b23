import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { beginMonitor, drawn, openMonitor } from '../../../test/a-monitor.tsx'
import { endSession } from '../../api/session.ts'

beforeEach(beginMonitor)
afterEach(() => endSession('out'))

describe('a typed window', () => {
  const fields = page.getByRole('region', { name: 'Window' })
  const openPicker = async () => {
    const view = openMonitor('/monitor?range=30m')
    await drawn(view)
    await page.getByRole('button', { name: 'Window: Last 30 minutes' }).click()
    return view
  }

  it('is read in the zone of the reader, and refused where it cannot be', async () => {
    const view = await openPicker()
    await fields.getByLabelText('From').fill('2026-09-21T14:00:00')
    await fields.getByLabelText('To').fill('2026-09-21T13:00:00')
    await fields.getByRole('button', { name: 'Apply' }).click()
    await expect.element(fields.getByText('End must be after start')).toBeVisible()
    expect(view.url()).toBe('/monitor?range=30m')
    await fields.getByLabelText('To').fill('2026-09-21T15:30:00')
    await fields.getByRole('button', { name: 'Apply' }).click()
    await expect.poll(() => view.url()).toBe('/monitor?start=1789999200&end=1790004600')
    await expect
      .element(page.getByRole('button', { name: 'Window: 21 Sep 14:00 – 15:30 (UTC)' }))
      .toHaveFocus()
  })

  it('is left by Esc, and by a click beside it', async () => {
    await openPicker()
    await userEvent.keyboard('{Escape}')
    await expect.element(fields).not.toBeInTheDocument()
    await page.getByRole('button', { name: 'Window: Last 30 minutes' }).click()
    await expect.element(fields).toBeVisible()
    await page.getByRole('heading', { name: 'Monitor' }).click()
    await expect.element(fields).not.toBeInTheDocument()
  })
})
