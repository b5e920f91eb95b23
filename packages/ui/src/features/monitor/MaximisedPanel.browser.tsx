import { afterEach, beforeEach, expect, it } from 'vitest'
import { beginMonitor, openMonitor, panel } from '../../../test/a-monitor.tsx'
import { endSession } from '../../api/session.ts'

beforeEach(beginMonitor)
afterEach(() => endSession('out'))

it('shows a panel that is hidden by default alone when the address says so', async () => {
  const view = openMonitor('/monitor?panel=chartLeaseActivity')
  await expect.element(panel('Lease Activity').getByRole('cell').first()).toMatchTextContent(/\d/)
  expect(view.url()).toContain('panel=chartLeaseActivity')
})

it('shows all panels when the address names one that there is not', async () => {
  const view = openMonitor('/monitor?range=30m&panel=chartOfTomorrow')
  await expect.element(panel('Raft Proposals').getByRole('cell').first()).toMatchTextContent(/\d/)
  expect(view.url()).toBe('/monitor?range=30m')
})
