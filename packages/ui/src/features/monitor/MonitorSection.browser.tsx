import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { beginMonitor, drawn, openMonitor, panel, ranges } from '../../../test/a-monitor.tsx'
import { endSession } from '../../api/session.ts'
import { currentPrefs } from '../../prefs.ts'

beforeEach(beginMonitor)
afterEach(() => endSession('out'))

describe('sections', () => {
  it('fold away with their panels, which are not asked for then, and stay so', async () => {
    const view = openMonitor()
    await drawn(view)
    const heading = page.getByRole('button', { name: 'Raft & Server' })
    await heading.click()
    await expect.element(heading).toHaveAttribute('aria-expanded', 'false')
    await expect.element(panel('Raft Proposals')).not.toBeInTheDocument()
    expect(currentPrefs().monitor.folded).toEqual(['raft'])
    await expect.poll(() => panel('Database Size').element().querySelector('canvas')).not.toBeNull()
    const before = ranges(view).length
    await page.getByRole('button', { name: 'Refresh now' }).click()
    await expect.poll(() => ranges(view).length).toBeGreaterThan(before)
    expect(ranges(view).at(-1)?.query.get('metrics')).not.toContain('proposals')
  })

  it('show the panels that are hidden by default when asked', async () => {
    const view = openMonitor()
    await drawn(view)
    await expect.element(panel('Member State')).not.toBeInTheDocument()
    await page.getByRole('button', { name: 'Show all panels' }).first().click()
    await expect.element(panel('Member State')).toBeInTheDocument()
    await page.getByRole('button', { name: 'Lease Management' }).click()
    await expect.element(panel('Lease Activity')).toBeInTheDocument()
  })
})
