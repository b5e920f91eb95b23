import { describe, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { NOW } from '../../../../test/a-monitor.tsx'
import { aRun, aStep, RUN } from '../../../../test/a-run.ts'
import { findViolations } from '../../../../test/a11y.ts'
import { askedFor, openOperations } from '../../../../test/an-operation.tsx'
import { answerRange } from '../../../../test/range-answer.ts'
import { type Asked, refusal } from '../../../../test/render-page.tsx'
import { signedInAt } from '../../../../test/signed-in.ts'
import type { RunAnswer } from '../../../api/answers.ts'
import { changePrefs } from '../../../prefs.ts'

const HOSTILE = '<img src=x onerror="alert(1)">'
const open = (run: () => RunAnswer | Response, more = {}) =>
  openOperations(`/operations?task=runs&run=${RUN}`, { [`ops/runs/${RUN}`]: run, ...more })
const running = (changes: Partial<RunAnswer> = {}) =>
  aRun({
    state: 'running',
    finished_at: null,
    cancellable: true,
    progress: { done: 1, total: 3, unit: 'members' },
    steps: [
      aStep({ message: 'etcd-8: 300 MiB → 50 MiB' }),
      aStep({
        member_id: '9',
        member_name: 'etcd-9',
        state: 'running',
        finished_at: null,
        duration_ms: null,
      }),
      aStep({
        member_id: '7',
        member_name: 'etcd-7',
        state: 'not_started',
        started_at: null,
        duration_ms: null,
      }),
    ],
    ...changes,
  })

signedInAt(1_440, 900)

describe('a run', () => {
  it('is followed step by step until it ends, and then left alone', async () => {
    let answer = running()
    const view = open(() => answer)
    await expect.element(page.getByRole('heading', { name: 'Run: Defragment, rolling' })).toBeVisible()
    await expect.element(page.getByText(/started .* by admin · members 1 of 3/)).toBeVisible()
    const steps = page.getByRole('list', { name: 'Steps' }).getByRole('listitem')
    await expect.element(steps.nth(0)).toMatchTextContent(/done ?etcd-8 defragment ?2 s ?etcd-8: 300 MiB/)
    await expect.element(steps.nth(1)).toMatchTextContent(/running ?etcd-9/)
    await expect.element(steps.nth(2)).toMatchTextContent(/not started ?etcd-7/)
    answer = aRun()
    await expect.element(page.getByText('succeeded')).toBeVisible()
    const asked = () => askedFor(view, 'GET', `ops/runs/${RUN}`).length
    const then = asked()
    await new Promise((resolve) => setTimeout(resolve, 1_500)) // longer than between two questions
    expect(asked()).toBe(then)
  })

  it('stops on request after the member it is on, and says that it was asked to', async () => {
    let isAsked = false
    const view = open(() => running({ cancel_requested: isAsked }), {
      [`ops/runs/${RUN}/cancel`]: () => {
        isAsked = true
        return new Response(JSON.stringify(running({ cancel_requested: true })), { status: 202 })
      },
    })
    await page.getByRole('button', { name: 'Stop after this member' }).click()
    await expect.element(page.getByRole('button', { name: 'Stopping after etcd-9' })).toBeDisabled()
    expect(askedFor(view, 'POST', `ops/runs/${RUN}/cancel`)).toHaveLength(1)
  })

  it('shows from the samples what it does to each member, from before it on', async () => {
    const view = open(() => running({ started_at: NOW - 100 }), {
      range: (asked: Asked) =>
        answerRange(asked, NOW, (member, metric, at) => {
          if (metric !== 'etcd_mvcc_db_total_size_in_bytes') return 0.008
          return member === '8' && at > NOW - 60 ? 52_428_800 : 314_572_800
        }),
    })
    const size = page.getByRole('figure', { name: 'DB size' })
    await expect.element(size.getByRole('row', { name: /etcd-8 50 MiB 300 MiB 50 MiB/ })).toBeVisible()
    await expect.element(size.getByRole('row', { name: /etcd-9 300 MiB 300 MiB 300 MiB/ })).toBeVisible()
    expect(size.element().querySelectorAll('path')).toHaveLength(3)
    await expect.element(page.getByRole('figure', { name: 'WAL fsync p99' })).toBeVisible()
    const asked = askedFor(view, 'GET', 'range')[0]?.query
    expect(Number(asked?.get('start'))).toBe(NOW - 220)
    expect(asked?.get('member_id')).toBe('all')
  })

  it('says that no sample of its time is stored, and goes on without the store', async () => {
    let isDown = true
    open(() => aRun(), {
      range: (asked: Asked) =>
        isDown ? refusal(503, 'storage_unavailable') : answerRange(asked, NOW, () => null),
    })
    await expect.element(page.getByText('History is not available at the moment.')).toBeVisible()
    await expect.element(page.getByRole('list', { name: 'Steps' })).toBeVisible()
    isDown = false
    await page.getByRole('button', { name: 'Try again' }).click()
    await expect.element(page.getByText('No sample of this time is stored.').first()).toBeVisible()
  })

  it('goes on being shown while the console does not answer, and comes back by itself', async () => {
    let isDown = false
    open(() => (isDown ? refusal(503, 'auth_store_unavailable') : running()))
    await expect.element(page.getByRole('list', { name: 'Steps' })).toBeVisible()
    isDown = true
    await expect.element(page.getByText(/^Not connected: below stands what was last known\./)).toBeVisible()
    await expect.element(page.getByRole('list', { name: 'Steps' })).toBeVisible()
    isDown = false
    await expect.element(page.getByText('Not connected', { exact: false })).not.toBeInTheDocument()
  })

  it.each([
    ['unknown', /Its state is checked; start nothing else on it/],
    ['interrupted', /The process that ran this is gone/],
  ] as const)('says what %s means', async (state, text) => {
    open(() => aRun({ state, error: { code: 'outcome_unknown', error: 'no answer' } }))
    await expect.element(page.getByText(text)).toBeVisible()
    await expect.element(page.getByText('outcome_unknown')).toBeVisible()
  })

  it('names what each member returned, also when a file grew, and offers the members that are left', async () => {
    const member = (id: string, state: string, before: number | null, after: number | null) => ({
      member_id: id,
      member_name: `etcd-${id}`,
      state,
      duration_ms: after === null ? 0 : 800,
      db_size_before: before,
      db_size_after: after,
      error: '',
    })
    open(() =>
      aRun({
        state: 'cancelled',
        member_ids: ['8', '9', '7'],
        params: { member_ids: ['7', '8', '9'], min_reclaim_bytes: 1_048_576 },
        result: {
          members: [
            member('8', 'succeeded', 314_572_800, 52_428_800),
            member('9', 'succeeded', 52_428_800, 56_623_104),
            member('7', 'not_started', null, null),
          ],
        },
      }),
    )
    await expect
      .element(page.getByRole('row', { name: /etcd-8 done 300 MiB 50 MiB 250 MiB 800 ms/ }))
      .toBeVisible()
    await expect.element(page.getByRole('row', { name: 'etcd-7 not started - - - -' })).toBeVisible()
    await expect.element(page.getByRole('row', { name: /etcd-9 .*grew by 4 MiB/ })).toBeVisible()
    await expect
      .element(page.getByRole('link', { name: 'Defragment the members that are left' }))
      .toHaveAttribute('href', '/operations?task=defragment&members=7&least=1048576')
  })

  it('offers the members that are left by a process that is gone, as its steps tell them', async () => {
    open(() => running({ state: 'interrupted', cancellable: false, member_ids: ['8', '9', '7'] }))
    await expect
      .element(page.getByRole('link', { name: 'Defragment the members that are left' }))
      .toHaveAttribute('href', '/operations?task=defragment&members=9,7')
  })

  it.each([
    ['consistent', '', 'ok', 'succeeded', /Consistent: all voters have the same content/],
    [
      'inconclusive',
      'member_missing',
      'warn',
      'inconclusive',
      /Inconclusive: this proves nothing\. etcd-8 did not answer: see why, then compare again/,
    ],
    ['inconsistent', '', 'crit', 'inconsistent', /Inconsistent: members hold different data/],
  ] as const)('never shows a verdict greener than it is: %s', async (verdict, reason, role, state, text) => {
    open(() =>
      aRun({
        operation: 'hashkv',
        params: {},
        result: {
          verdict,
          reason,
          results: [
            {
              member_id: '7',
              member_name: 'etcd-7',
              hash: 1_693_642_692,
              revision: 4_711,
              compact_revision: -1,
              version: '3.5.9',
            },
            {
              member_id: '8',
              member_name: 'etcd-8',
              hash: null,
              revision: 0,
              compact_revision: 0,
              version: '',
              error: 'did not answer',
              code: 'member_unreachable',
            },
          ],
        },
      }),
    )
    await expect.element(page.getByText(text)).toBeVisible()
    expect(document.querySelector('.operations-note')?.getAttribute('data-role')).toBe(role)
    const mark = document.querySelector('.operations-run-head .operations-mark')
    expect(mark?.getAttribute('data-role')).toBe(role)
    expect(mark?.textContent).toBe(state)
    await expect.element(page.getByRole('row', { name: 'etcd-7 3.5.9 64f2efc4 4711 -' })).toBeVisible()
    await expect.element(page.getByRole('row', { name: 'etcd-8 - did not answer - -' })).toBeVisible()
  })

  it.each([
    ['failed', 'failed', 4_096, 'Broken off: the file is incomplete, delete it.'],
    ['failed', 'failed', 0, 'Broken off: if there is a file, it is incomplete, delete it.'],
    ['failed', 'not_started', 0, 'Nothing was sent: there is no file.'],
    [
      'interrupted',
      'unknown',
      4_096,
      'Nobody saw its end: the file may be incomplete. Check its hash, or delete it.',
    ],
  ] as const)(
    'says of a snapshot that %s, its stream %s, after %s bytes what its file is',
    async (state, stream, sent, text) => {
      const steps = [aStep({ name: 'stream', state: stream })]
      const error = { code: 'client_gone', error: 'the client left' }
      const progress = sent > 0 ? ({ done: sent, total: 8_192, unit: 'bytes' } as const) : null
      open(() => aRun({ operation: 'snapshot', state, params: {}, error, steps, progress }))
      await expect.element(page.getByText(text)).toBeVisible()
    },
  )

  it('says of a run that was stopped on request what is left of it', async () => {
    const message = 'Stopped on request: etcd-8 and etcd-9 were not defragmented.'
    open(() => aRun({ state: 'cancelled', result: { members: [], message } }))
    await expect.element(page.getByText(message)).toBeVisible()
  })

  it('shows hostile names and sentences as text', async () => {
    open(() => aRun({ username: HOSTILE, steps: [aStep({ member_name: HOSTILE, message: HOSTILE })] }))
    await expect.element(page.getByRole('list', { name: 'Steps' })).toMatchTextContent(/<img src=x/)
    expect(document.querySelector('main img')).toBeNull()
  })

  it.each(['dark', 'light'] as const)('can be used by everybody, %s, also on a phone', async (theme) => {
    changePrefs({ theme })
    await page.viewport(390, 844)
    open(() => running({ started_at: NOW - 3 }))
    await expect.element(page.getByRole('list', { name: 'Steps' })).toBeVisible()
    expect(await findViolations()).toEqual([])
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(390)
  })

  it('says that a run is gone', async () => {
    open(() => refusal(404, 'run_not_found'))
    await expect.element(page.getByText('run_not_found', { exact: false })).toBeVisible()
  })
})
