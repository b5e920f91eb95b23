import { FURTHER_PANELS } from '@etcdmonitor/core/metrics/further-panels'
import { PANELS, SECTIONS } from '@etcdmonitor/core/metrics/panels'
import { BANNER, CARDS } from '@etcdmonitor/core/metrics/tiles'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { beginMonitor, drawn, Monitor, openMonitor, status } from '../../../test/a-monitor.tsx'
import { findViolations } from '../../../test/a11y.ts'
import { aMember } from '../../../test/answers.ts'
import { isMarked, pseudoLocale } from '../../../test/pseudo-locale.ts'
import { endSession } from '../../api/session.ts'
import { MessagesContext } from '../../i18n/messages-context.ts'
import { changePrefs } from '../../prefs.ts'

beforeEach(beginMonitor)
afterEach(() => endSession('out'))

it.each(['dark', 'light'] as const)('can be used by everybody in the %s theme', async (theme) => {
  changePrefs({ theme })
  const view = openMonitor()
  await drawn(view)
  expect(await findViolations()).toEqual([])
})

it('fits a phone', async () => {
  await page.viewport(360, 800)
  const view = openMonitor()
  await drawn(view)
  await expect.poll(() => document.documentElement.scrollWidth).toBeLessThanOrEqual(360)
})

it('takes every text from the catalogue, and holds longer ones', async () => {
  const Translated = () => (
    <MessagesContext.Provider value={pseudoLocale}>
      <Monitor />
    </MessagesContext.Provider>
  )
  const members = [aMember('7', { is_leader: true }), aMember('8'), aMember('9', { status: 'unreachable' })]
  const reasons = [{ code: 'member_unreachable' as const, message: 'server words', member_id: '9' }]
  const view = openMonitor(
    '/monitor',
    { status: () => status({ members, health: { state: 'degraded', reasons } }) },
    Translated,
  )
  await drawn(view)
  const foreign = textsOf(view.container).filter(
    (text) => !isMarked(text) && !NOT_OURS.test(text) && !NAMES.has(text),
  )
  expect(foreign).toEqual([])
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(1440)
})

/** Names of etcd's things and of panels, numbers with their units, what the server says, names of accounts. */
const NOT_OURS = /^(etcd-\d|admin|server words|[-\d.,:/ ]*(K|M|[KMG]?i?B|ms|µs|s|%)?(\/s)?)$/
const NAMES = new Set([
  ...[...BANNER, ...CARDS].map(({ title }) => title),
  ...SECTIONS.map(({ title }) => title),
  ...[...PANELS, ...FURTHER_PANELS].flatMap(({ title, series }) => [
    title,
    ...series.map(({ label }) => label),
  ]),
])

function textsOf(root: Node): string[] {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  const texts: string[] = []
  while (walker.nextNode()) texts.push(walker.currentNode.textContent?.trim() ?? '')
  return texts.filter((text) => text !== '')
}
