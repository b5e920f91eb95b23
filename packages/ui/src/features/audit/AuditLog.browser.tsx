import '../../styles/tokens.css'
import '../../styles/base.css'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { page } from 'vitest/browser'
import { NOW, status } from '../../../test/a-monitor.tsx'
import { findViolations } from '../../../test/a11y.ts'
import { HOSTILE_TEXTS } from '../../../test/hostile-texts.ts'
import { type Answer, type Asked, refusal, renderPage } from '../../../test/render-page.tsx'
import { signedInAt } from '../../../test/signed-in.ts'
import type { AuditAnswer, AuditEntryAnswer } from '../../api/answers.ts'
import { changePrefs } from '../../prefs.ts'
import { SessionLayout } from '../shell/SessionLayout.tsx'
import { AuditLog } from './AuditLog.tsx'

/** What somebody hostile may have typed as a name or a key, and how it is shown. */
const HOSTILE: readonly { readonly text: string; readonly shown?: string }[] = [
  { text: '<img src=x onerror="alert(1)">' },
  { text: '<script>alert(1)</script>' },
  { text: 'javascript:alert(1)' },
  { text: '{{constructor.constructor("alert(1)")()}}' },
  { text: '\u202elive', shown: '\\u{202e}live' }, // else it reads "evil"
  { text: 'line\r\n\tsucceeded', shown: 'line\\x0d\\x0a\\x09succeeded' },
  { text: 'x'.repeat(1_000) },
]

const entry = (id: number, changes: Partial<AuditEntryAnswer> = {}): AuditEntryAnswer => ({
  id,
  timestamp: NOW - 60 + id,
  username: 'admin',
  operation: 'put',
  target: `/cfg/${id}`,
  params: '{"ttl":0}',
  result: 'ok',
  duration_ms: 14,
  success: true,
  outcome: 'succeeded',
  code: '',
  address: '10.9.0.77',
  request_id: `01J${id}`,
  run_id: '',
  cluster_id: '1',
  count: 1,
  ...changes,
})
const answer = (entries: AuditEntryAnswer[], changes: Partial<AuditAnswer> = {}): AuditAnswer => ({
  entries,
  total: entries.length,
  page: 1,
  page_size: 50,
  next_cursor: null,
  ...changes,
})

/** The shell asks for the newest lock. */
const isOfNotice = ({ query }: Asked) =>
  query.get('operation') === 'login_lockout' && query.get('page_size') === '1'

const Page = () => (
  <SessionLayout>
    <AuditLog />
  </SessionLayout>
)
const open = (list: Answer, start = '/operations?task=audit', more: Readonly<Record<string, Answer>> = {}) =>
  renderPage(Page, start, {
    status: () => status(),
    current: () => ({ timestamp: NOW, members: {}, unknown_metrics: [] }),
    'auth/status': () => ({
      authenticated: true,
      ops_enabled: true,
      initial_setup_pending: false,
      password_policy: { min_length: 8, max_bytes: 1_024 },
    }),
    'ops/audit-logs': (asked) => (isOfNotice(asked) ? answer([]) : list(asked)),
    ...more,
  })
const lists = ({ asked }: ReturnType<typeof open>) =>
  asked.filter((one) => one.path === 'ops/audit-logs' && !isOfNotice(one))
const lastQuery = (view: ReturnType<typeof open>) => Object.fromEntries(lists(view).at(-1)?.query ?? [])
const row = (name: RegExp) => page.getByRole('row', { name })

signedInAt(1_280, 900)

describe('the log', () => {
  it('tells who did what, and with a word how it ended', async () => {
    open(() =>
      answer([
        entry(6, { outcome: 'pending', success: false }),
        entry(5, {
          operation: 'login',
          outcome: 'failed',
          success: false,
          code: 'invalid_credentials',
          count: 37,
        }),
        entry(4, { operation: 'defragment', outcome: 'refused', success: false, code: 'health_gate_failed' }),
        entry(3, { outcome: 'unknown', success: false, code: 'outcome_unknown' }),
        entry(2, { outcome: 'interrupted', success: false }),
        entry(1),
      ]),
    )
    await expect.element(row(/Put key \/cfg\/6 in progress - 10\.9/)).toBeVisible()
    await expect.element(row(/admin Sign in \/cfg\/5 failed × 37 ?invalid_credentials 14 ms/)).toBeVisible()
    await expect.element(row(/Defragment \/cfg\/4 refused ?health_gate_failed/)).toBeVisible()
    await expect.element(row(/\/cfg\/3 unknown/)).toBeVisible()
    await expect.element(row(/\/cfg\/2 interrupted/)).toBeVisible()
    await expect.element(row(/\/cfg\/1 succeeded 14 ms/)).toBeVisible()
    await expect.element(page.getByText('6 entries')).toBeVisible()
    await expect
      .element(page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Operations' }))
      .toBeVisible()
  })

  it('opens an entry to everything that is known of it', async () => {
    open(() => answer([entry(1, { params: '{"ttl":60,"value_bytes":12}', run_id: 'run-7' })]))
    const button = page.getByRole('button', { name: /Details of Put key/ })
    await button.click()
    await expect.element(button).toHaveAttribute('aria-expanded', 'true')
    const details = page.getByRole('cell', { name: /Parameters: ttl/ })
    await expect.element(details).toMatchTextContent(/Parameters: ttl60Parameters: value_bytes12/)
    await expect.element(details).toMatchTextContent(/Request01J1Runrun-7Cluster1Entry1/)
    await expect
      .element(details.getByRole('link', { name: 'run-7' }))
      .toHaveAttribute('href', expect.stringMatching(/\/operations\?task=runs&run=run-7$/))
    await button.click()
    await expect.element(details).not.toBeInTheDocument()
  })

  it('is empty, or cannot be read, and says so', async () => {
    let fails = true
    open(() => (fails ? refusal(503, 'auth_store_unavailable', { detail: 'no answer' }) : answer([])))
    await expect.element(page.getByText('Sessions cannot be checked at the moment.')).toBeVisible()
    fails = false
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect.element(page.getByText('Nothing was recorded yet.')).toBeVisible()
  })

  it.each(HOSTILE)('shows $text as text', async ({ text, shown = text }) => {
    const alert = vi.spyOn(window, 'alert').mockImplementation(() => {})
    const params = JSON.stringify({ [text]: text })
    open(
      () => answer([entry(1, { username: text, target: text, result: text, address: text, params })]),
      '/operations?task=audit&q=%3Cb%3E',
    )
    await page.getByRole('button', { name: /Details of/ }).click()
    const table = page.getByRole('table').element()
    expect(table.querySelector('td:nth-child(2)')?.textContent).toBe(shown)
    expect(table.querySelector('td:nth-child(4)')?.textContent).toBe(shown)
    expect([...table.querySelectorAll('dd')].filter((dd) => dd.textContent === shown)).toHaveLength(2)
    expect(table.querySelectorAll('img, script, a, iframe, style, [style], [onerror]')).toHaveLength(0)
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(1_280)
    await expect.element(page.getByLabelText('Text in target, parameters or result')).toHaveValue('<b>')
    expect(alert).not.toHaveBeenCalled()
  })

  it('C26 shows 60 texts that would run elsewhere as text, in every column', async () => {
    const alert = vi.spyOn(window, 'alert').mockImplementation(() => {})
    const showAll = async (texts: readonly string[]) => {
      const rows = texts.map((text, index) =>
        entry(index + 1, { username: text, target: text, result: text, address: text }),
      )
      const view = open(() => answer(rows))
      await expect.element(page.getByRole('row').nth(60)).toBeVisible()
      const cells = [...view.container.querySelectorAll('tbody tr')].map((one) => one.children)
      const elements = view.container.querySelectorAll('*').length
      const shown = cells.map((row) => [row[1]?.textContent, row[3]?.textContent])
      view.unmount()
      return { shown, elements }
    }
    const harmless = await showAll(HOSTILE_TEXTS.map(() => 'text'))
    const { shown, elements } = await showAll(HOSTILE_TEXTS)
    expect(HOSTILE_TEXTS).toHaveLength(60)
    expect(shown.flat()).toEqual(
      HOSTILE_TEXTS.map((text) => text.replace('\t', '\\x09')).flatMap((text) => [text, text]),
    )
    expect(elements).toBe(harmless.elements)
    expect(alert).not.toHaveBeenCalled()
  })
})

describe('a filter', () => {
  it('is in the address, and asked for', async () => {
    const view = open(() => answer([entry(1)]))
    await page.getByLabelText('Operation').selectOptions('Change password')
    await expect.poll(() => view.url()).toBe('/operations?task=audit&operation=change_password')
    await page.getByLabelText('User').fill('admin')
    await page.getByLabelText('Text in target, parameters or result').fill('a b')
    await page.getByLabelText('Outcome').selectOptions('Not succeeded')
    await page.getByLabelText('From').fill('2026-09-21T14:00:00')
    await page.getByLabelText('To').fill('2026-09-21T15:30:00')
    await page.getByRole('button', { name: 'Apply' }).click()
    const wanted = {
      operation: 'change_password',
      username: 'admin',
      q: 'a b',
      success: 'false',
      from: '1789999200',
      to: '1790004600',
    }
    await expect.poll(() => lastQuery(view)).toEqual({ ...wanted, page_size: '50' })
    expect(Object.fromEntries(new URLSearchParams(view.url().split('?')[1]))).toEqual({
      task: 'audit',
      ...wanted,
    })
    await page.getByRole('button', { name: 'Clear' }).click()
    await expect.poll(() => view.url()).toBe('/operations?task=audit')
    await expect.element(page.getByLabelText('User')).toHaveValue('')
    view.back()
    await expect.element(page.getByLabelText('User')).toHaveValue('admin')
  })

  it('offers the operations by what they belong to', async () => {
    open(() => answer([]))
    await expect.element(page.getByText('Nothing was recorded yet.')).toBeVisible()
    const groups = [...page.getByLabelText('Operation').element().querySelectorAll('optgroup')]
    expect(groups.map(({ label, children }) => [label, children.length])).toEqual([
      ['Sign-in and passwords', 5],
      ['Command line on the host', 5],
      ['Keys', 2],
      ['Operations on the cluster', 8],
      ['This console', 4],
    ])
  })

  it('of the address for what the log does not know is left out, and named', async () => {
    const view = open(() => answer([entry(1)]), '/operations?task=audit&operation=nonsense&success=true')
    await expect.element(page.getByText('1 entry', { exact: true })).toBeVisible()
    await expect.element(page.getByText(/^operation=nonsense in the address could not be used/)).toBeVisible()
    expect(view.url()).toBe('/operations?task=audit&success=true')
    expect(lists(view).map(({ query }) => query.get('operation'))).toEqual([null])
  })

  it('that cannot be used is said at its field, and asks for nothing', async () => {
    const view = open(() => answer([]))
    await expect.element(page.getByText('Nothing was recorded yet.')).toBeVisible()
    await page.getByLabelText('From').fill('2026-09-21T14:00:00')
    await page.getByLabelText('To').fill('2026-09-21T14:00:00')
    await page.getByRole('button', { name: 'Apply' }).click()
    await expect.element(page.getByLabelText('To')).toHaveAccessibleDescription('End must be after start')
    expect(lists(view)).toHaveLength(1)
  })

  it('that nothing matches says that', async () => {
    open(() => answer([]), '/operations?task=audit&operation=compact')
    await expect.element(page.getByText('No entry matches this filter.')).toBeVisible()
  })
})

describe('paging', () => {
  it.each([
    [719, '20'],
    [720, '50'],
  ])('is by pages that fit: at %i px %s entries', async (width, size) => {
    await page.viewport(width, 800)
    const view = open(() => answer([entry(1)]))
    await expect.element(page.getByText('1 entry', { exact: true })).toBeVisible()
    expect(lastQuery(view)).toEqual({ page_size: size })
  })

  it('goes on to older entries, and back to the newest', async () => {
    const view = open(({ query }) =>
      query.has('cursor') ? answer([entry(1)]) : answer([entry(2)], { total: 2, next_cursor: 'older' }),
    )
    const older = page.getByRole('button', { name: 'Older' })
    await expect.element(page.getByRole('button', { name: 'Newest' })).toBeDisabled()
    await older.click()
    await expect.element(row(/\/cfg\/1 /)).toBeVisible()
    expect(lastQuery(view)).toEqual({ page_size: '50', cursor: 'older' })
    await expect.element(older).toBeDisabled()
    await page.getByRole('button', { name: 'Newest' }).click()
    await expect.element(row(/\/cfg\/2 /)).toBeVisible()
  })

  it('does not move the rows for newer entries, but counts them', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    let entries = [entry(1)]
    open(({ query }) =>
      answer(query.get('page_size') === '1' ? entries.slice(0, 1) : entries, { total: entries.length }),
    )
    await expect.element(row(/\/cfg\/1 /)).toBeVisible()
    entries = [entry(3), entry(2), entry(1)]
    vi.advanceTimersByTime(30_000)
    const newer = page.getByRole('button', { name: 'Show 2 newer entries' })
    await expect.element(newer).toBeVisible()
    expect(row(/\/cfg\/3 /).elements()).toHaveLength(0)
    await newer.click()
    await expect.element(row(/\/cfg\/3 /)).toBeVisible()
    await expect.element(newer).not.toBeInTheDocument()
    vi.useRealTimers()
  })
})

describe('the export', () => {
  const dialog = page.getByRole('dialog', { name: 'Export CSV' })
  const begin = async (file: Answer) => {
    const saved: { name: string; file: Blob }[] = []
    let blob: Blob | undefined
    vi.spyOn(URL, 'createObjectURL').mockImplementation((made) => {
      blob = made as Blob
      return 'blob:made'
    })
    vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
      if (blob) saved.push({ name: this.download, file: blob })
    })
    const view = open(() => answer([entry(1)]), '/operations?task=audit&operation=put&success=true', {
      'ops/audit-logs/export': file,
    })
    await page.getByRole('button', { name: 'Export CSV' }).click()
    return { view, saved }
  }

  afterEach(() => vi.restoreAllMocks())

  it('is the server’s, of everything that matches, and is saved whole', async () => {
    const asked: Asked[] = []
    const { saved } = await begin((one) => {
      asked.push(one)
      return new Response('\ufeffTime,User\r\n', { headers: { 'content-type': 'text/csv; charset=utf-8' } })
    })
    await expect
      .element(dialog)
      .toMatchTextContent(/Every entry that matches is exported.*: Operation: Put key, Succeeded\./)
    await expect
      .element(dialog)
      .toMatchTextContent(/Where the list separator is a semicolon .* import it as text/)
    await dialog.getByRole('button', { name: 'Export' }).click()
    await expect.element(dialog.getByText('Saved, 14 B.')).toBeVisible() // with the byte-order mark
    expect(Object.fromEntries(asked[0]?.query ?? [])).toEqual({ operation: 'put', success: 'true' })
    expect(saved[0]?.name).toMatch(/^etcdmonitor-audit-\d{8}-\d{6}\.csv$/)
    expect(await saved[0]?.file.bytes()).toEqual(new TextEncoder().encode('\ufeffTime,User\r\n'))
    expect(saved[0]?.file.type).toBe('text/csv; charset=utf-8')
  })

  it('that breaks off is discarded, and can be tried again', async () => {
    const { saved } = await begin(() => {
      let pulls = 0
      const body = new ReadableStream<Uint8Array>({
        pull(stream) {
          if (pulls++ === 0) stream.enqueue(new Uint8Array(10))
          else stream.error(new Error('gone'))
        },
      })
      return new Response(body)
    })
    await dialog.getByRole('button', { name: 'Export' }).click()
    await expect.element(dialog.getByText(/^Incomplete, discarded\./)).toBeVisible()
    await expect.element(dialog.getByRole('button', { name: 'Try again' })).toBeEnabled()
    expect(saved).toEqual([])
  })

  it('that is cancelled ends at once', async () => {
    const { saved } = await begin(() => new Promise<Response>(() => {}))
    await dialog.getByRole('button', { name: 'Export' }).click()
    await expect.element(dialog.getByText('0 B received…')).toBeVisible()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await expect.element(dialog).not.toBeInTheDocument()
    expect(saved).toEqual([])
  })
})

it.each([
  ['dark', 1_280],
  ['light', 390],
] as const)('can be used by everybody (%s, %i px)', async (theme, width) => {
  changePrefs({ theme })
  await page.viewport(width, 800)
  open(() => answer([entry(2, { outcome: 'failed', success: false, code: 'internal' }), entry(1)]))
  await page
    .getByRole('button', { name: /Details of/ })
    .first()
    .click()
  expect(await findViolations()).toEqual([])
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(width)
})
