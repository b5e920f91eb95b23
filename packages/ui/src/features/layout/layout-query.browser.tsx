import { afterEach, beforeEach, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { answerLayout, beginMonitor, drawn, openMonitor, panel } from '../../../test/a-monitor.tsx'
import { refusal } from '../../../test/render-page.tsx'
import { endSession } from '../../api/session.ts'

beforeEach(beginMonitor)
afterEach(() => endSession('out'))

const item = (id: string, order: number, visible = true) => ({ id, visible, order })

it('draws what the account has chosen, in its order', async () => {
  const layout = answerLayout({
    panels: [item('chartLeaseActivity', 1), item('chartLeaderChanges', 2), item('chartRaftProposals', 3)],
    cards: [item('cardRevision', 1), item('cardLeader', 2)],
  })
  const view = openMonitor('/monitor', { 'user/panel-config': () => layout })
  await drawn(view)
  await expect.element(panel('Lease Activity')).toBeInTheDocument()
  const titles = [...view.container.querySelectorAll('.chart-panel h3')].map((h3) => h3.textContent)
  expect(titles.slice(0, 2)).toEqual(['Leader Changes', 'Raft Proposals'])
  const tiles = page.getByRole('region', { name: 'At a glance' }).getByRole('listitem')
  expect(tiles.elements()).toHaveLength(9)
  await expect.element(tiles.nth(7)).toMatchTextContent(/^Current Revision/)
})

it('draws nothing before that is known, and the default panels when it cannot be', async () => {
  const layout = Promise.withResolvers<Response>()
  const view = openMonitor('/monitor', { 'user/panel-config': () => layout.promise })
  await expect.element(page.getByRole('toolbar', { name: 'Monitor' })).toBeInTheDocument()
  expect(panel('Raft Proposals').elements()).toHaveLength(0)
  expect(view.asked.filter(({ path }) => path === 'range')).toEqual([])
  layout.resolve(refusal(500, 'internal'))
  await drawn(view)
  await expect
    .element(page.getByText('Your choice of panels could not be loaded. The default panels are shown.'))
    .toBeVisible()
})

it('is asked again when somebody comes back to the page', async () => {
  const view = openMonitor()
  const asked = () => view.asked.filter(({ path }) => path === 'user/panel-config')
  await expect.poll(asked).toHaveLength(1)
  await drawn(view)
  document.dispatchEvent(new Event('visibilitychange'))
  window.dispatchEvent(new Event('visibilitychange'))
  await expect.poll(asked).toHaveLength(2)
})
