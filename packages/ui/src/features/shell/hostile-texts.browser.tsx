import '../../styles/tokens.css'
import '../../styles/base.css'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import { leaf, level, openKeysPage } from '../../../test/a-keys-page.tsx'
import { aLock } from '../../../test/a-lock.ts'
import { NOW, status } from '../../../test/a-monitor.tsx'
import { aMember } from '../../../test/answers.ts'
import { HOSTILE_TEXTS } from '../../../test/hostile-texts.ts'
import { type RenderedPage, refusal, renderPage } from '../../../test/render-page.tsx'
import { endSession, openSession } from '../../api/session.ts'
import { changePrefs } from '../../prefs.ts'
import { ClusterPage } from '../cluster/ClusterPage.tsx'
import { SessionLayout } from './SessionLayout.tsx'

const HARMLESS = HOSTILE_TEXTS.map((_, index) => `text ${index}`)
/** The texts of an error are short. */
const SIX = (texts: readonly string[]) => texts.filter((_, index) => index % 10 === 0)

const cluster = (members: readonly ReturnType<typeof aMember>[]) =>
  renderPage(
    () => (
      <SessionLayout>
        <ClusterPage />
      </SessionLayout>
    ),
    '/cluster',
    {
      status: () => status({ members: [...members] }),
      current: () => ({ timestamp: NOW, members: {}, unknown_metrics: [] }),
    },
  )

interface Place {
  readonly open: (texts: readonly string[]) => RenderedPage
  /** What is to be read there. */
  readonly shown?: (texts: readonly string[]) => readonly string[]
}

const PLACES: Readonly<Record<string, Place>> = {
  'names of members': {
    open: (texts) => cluster(texts.map((name, id) => aMember(String(id + 1), { name }))),
  },
  'errors of members': {
    open: (texts) =>
      cluster(texts.map((text, id) => aMember(String(id + 1), { status: 'unreachable', errors: [text] }))),
  },
  'names of keys': {
    open: (texts) =>
      openKeysPage('/keys', { 'kv/v3/children': () => level(texts.map((text) => leaf(text))) }),
    shown: (texts) => texts.map((text) => text.replace('\t', '\\x09')),
  },
  'an error of the server': {
    open: (texts) =>
      openKeysPage('/keys', {
        'kv/v3/children': () => refusal(400, 'unheard_of', { detail: SIX(texts).join(' ') }),
      }),
    shown: SIX,
  },
  'the name of a locked account': {
    open: (texts) => {
      const entries = [aLock(NOW - 60, texts.join(' '))]
      const log = () => ({ entries, page_size: 1, next_cursor: null })
      return openKeysPage('/keys', { 'ops/audit-logs': log }, { ops_enabled: true })
    },
  },
}

beforeEach(async () => {
  await page.viewport(1_440, 4_000) // lists draw what can be seen
  localStorage.clear()
  changePrefs({ theme: 'dark', timeZone: 'utc', dismissed: [] })
  openSession({ token: 'good', username: 'admin', expiresAt: 0 })
})
afterEach(() => endSession('out'))

describe('C26 60 texts that would run elsewhere are shown as text', () => {
  it.each(Object.entries(PLACES))('in %s', async (_, { open, shown = (texts) => texts }) => {
    const alert = vi.spyOn(window, 'alert').mockImplementation(() => {})
    const elementsOf = async (texts: readonly string[]) => {
      const { container, unmount } = open(texts)
      const isMissing = (text: string) => !squeezed(container.textContent).includes(squeezed(text))
      await expect.poll(() => shown(texts).filter(isMissing)).toEqual([])
      const elements = container.querySelectorAll('*').length
      unmount()
      return elements
    }
    const harmless = await elementsOf(HARMLESS)
    expect(await elementsOf(HOSTILE_TEXTS)).toBe(harmless)
    expect(alert).not.toHaveBeenCalled()
  })
})

const squeezed = (text: string): string => text.replaceAll(/\s+/g, ' ')
