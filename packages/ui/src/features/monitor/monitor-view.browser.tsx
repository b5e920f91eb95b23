import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { beginMonitor, drawn, NOW, openMonitor, ranges, status } from '../../../test/a-monitor.tsx'
import { endSession } from '../../api/session.ts'
import { changePrefs, currentPrefs } from '../../prefs.ts'

beforeEach(beginMonitor)
afterEach(() => endSession('out'))

describe('the window', () => {
  it('of somebody who never chose one covers what there is', async () => {
    changePrefs({ monitor: {} })
    const view = openMonitor('/monitor', {
      status: () => status({ history: { from: NOW - 400, single_scrapes_from: NOW - 400 } }),
    })
    await expect.poll(() => view.url()).toBe('/monitor?range=10m')
    await drawn(view)
    expect(ranges(view)[0]?.query.get('range')).toBe('10m')
    expect(currentPrefs().monitor.range).toBeUndefined()
  })

  it('is the last one of this browser, and the choice is kept', async () => {
    changePrefs({ monitor: { range: '6h', member: '8', refresh: '60' } })
    const view = openMonitor()
    await expect.poll(() => view.url()).toBe('/monitor?member=8&range=6h&refresh=60')
    await page.getByRole('button', { name: 'Window: Last 6 hours' }).click()
    await page.getByRole('button', { name: 'Last 24 hours' }).click()
    await expect.poll(() => view.url()).toBe('/monitor?member=8&range=24h&refresh=60')
    expect(currentPrefs().monitor.range).toBe('24h')
    view.back()
    await expect.poll(() => view.url()).toBe('/monitor?member=8&range=6h&refresh=60')
    await expect.element(page.getByRole('button', { name: 'Window: Last 6 hours' })).toBeVisible()
  })

  it('is the last one of this browser whenever the address says nothing, again and again', async () => {
    changePrefs({ monitor: { range: '6h', member: '8', refresh: '60' } })
    const view = openMonitor()
    await expect.poll(() => view.url()).toBe('/monitor?member=8&range=6h&refresh=60')
    await page.getByRole('button', { name: 'Earlier by half of the window' }).click()
    await expect.poll(() => view.url()).toContain('start=')
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Monitor' }).click()
    await expect.poll(() => view.url()).toBe('/monitor?member=8&range=6h&refresh=60')
    view.back()
    await expect.poll(() => view.url()).toContain('start=')
  })

  it('that was chosen stays, though the address need not say it', async () => {
    changePrefs({ monitor: { range: '6h' } })
    const view = openMonitor('/monitor?range=6h')
    await page.getByRole('button', { name: 'Window: Last 6 hours' }).click()
    await page.getByRole('button', { name: 'Last 1 hour', exact: true }).click()
    await expect.poll(() => view.url()).toBe('/monitor')
    changePrefs({ monitor: { range: '24h' } })
    await drawn(view)
    expect(view.url()).toBe('/monitor')
  })

  it('that the address spoils is replaced, and named', async () => {
    const view = openMonitor('/monitor?range=1h30m&refresh=60')
    await expect.element(page.getByText(/range=1h30m in the address/)).toBeVisible()
    expect(view.url()).toBe('/monitor?refresh=60')
  })

  it('is zoomed by a drag, finds back, and goes live', async () => {
    const view = openMonitor('/monitor?range=30m')
    await drawn(view)
    await drag(view.container, 0.25, 0.75)
    await expect.poll(() => view.url()).toMatch(/^\/monitor\?start=\d+&end=\d+$/)
    await expect.poll(() => ranges(view).at(-1)?.query.has('start')).toBe(true)
    const { start, end } = Object.fromEntries(ranges(view).at(-1)?.query ?? [])
    expect(Math.abs(Number(end) - Number(start) - 900)).toBeLessThanOrEqual(30)
    await expect.element(page.getByText('Fixed window')).toBeVisible()
    await page.getByRole('button', { name: 'Reset zoom' }).click()
    await expect.poll(() => view.url()).toBe('/monitor?range=30m')
    view.back()
    await expect.poll(() => view.url()).toContain('start=')
    await page.getByRole('button', { name: 'Go live' }).click()
    await expect.poll(() => view.url()).toBe('/monitor')
  })
})

it('is shifted and widened by buttons, each of which Back undoes', async () => {
  const view = openMonitor('/monitor?start=1000000000&end=1000003600')
  await drawn(view)
  await page.getByRole('button', { name: 'Earlier by half of the window' }).click()
  await expect.poll(() => view.url()).toBe('/monitor?start=999998200&end=1000001800')
  await page.getByRole('button', { name: 'Later by half of the window' }).click()
  await expect.poll(() => view.url()).toBe('/monitor?start=1000000000&end=1000003600')
  await page.getByRole('button', { name: 'Zoom out' }).click()
  await expect.poll(() => view.url()).toBe('/monitor?start=999998200&end=1000005400')
  view.back()
  await expect.poll(() => view.url()).toBe('/monitor?start=1000000000&end=1000003600')
  view.back()
  await expect.poll(() => view.url()).toBe('/monitor?start=999998200&end=1000001800')
})

/** Selects a part of the first plot, from and to shares of its width. */
async function drag(container: HTMLElement, from: number, to: number) {
  const over = container.querySelector('.u-over') ?? expect.unreachable('no plot')
  const { left, top, width } = over.getBoundingClientRect()
  const steps = [
    ['mousemove', from, over],
    ['mousedown', from, over],
    ['mousemove', to, over],
    ['mouseup', to, document],
  ] as const
  for (const [type, at, target] of steps) {
    const clientX = left + width * at
    target.dispatchEvent(new MouseEvent(type, { bubbles: true, movementX: 1, clientX, clientY: top + 40 }))
    await new Promise(requestAnimationFrame)
    await new Promise(requestAnimationFrame)
  }
}
