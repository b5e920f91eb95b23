import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { NOW } from '../../../../test/a-monitor.tsx'
import { aRun, RUN } from '../../../../test/a-run.ts'
import { aPlan, askedFor, openOperations } from '../../../../test/an-operation.tsx'
import { refusal } from '../../../../test/render-page.tsx'
import { signedInAt } from '../../../../test/signed-in.ts'

const button = (name: string) => page.getByRole('button', { name, exact: true })
const dialog = () => page.getByRole('alertdialog')
const accepted = () => ({
  run_id: RUN,
  operation: 'compact',
  state: 'running',
  started_at: NOW,
  status_url: '',
})

signedInAt(1_440, 900)

const compactable = { 'ops/compact/revision': () => ({ revision: 5_000, compact_revision: 100 }) }

it('says what will happen, asks to understand it, and begins once with the token of that plan', async () => {
  const view = openOperations('/operations?task=compact', {
    ...compactable,
    'ops/compact': ({ body }) =>
      'dry_run' in (body as object)
        ? aPlan({ warnings: [{ code: 'kubernetes', message: 'the API server compacts every 5 min' }] })
        : new Response(JSON.stringify(accepted()), { status: 202 }),
    [`ops/runs/${RUN}`]: () =>
      aRun({ operation: 'compact', state: 'running', params: {}, finished_at: null }),
  })
  await expect.element(page.getByText(/^Revision 5,000 at .*, compacted to 100\.$/)).toBeVisible()
  await expect.element(page.getByText(/Compacts to 4,000: history before it is gone/)).toBeVisible()
  await expect.element(page.getByText('the API server compacts every 5 min')).toBeVisible()
  await button('Compact to 4,000').click()
  const act = dialog().getByRole('button', { name: 'Compact to 4,000' })
  await expect.element(act).toBeDisabled()
  await dialog()
    .getByRole('checkbox', { name: /I understand that history before that revision is gone/ })
    .click()
  await act.click()
  await expect.element(page.getByRole('heading', { name: 'Run: Compact' })).toBeVisible()
  expect(view.url()).toBe(`/operations?task=runs&run=${RUN}`)
  const acts = askedFor(view, 'POST', 'ops/compact').filter(({ body }) => !('dry_run' in (body as object)))
  expect(acts.map(({ query, body }) => [query.get('wait'), body])).toEqual([
    ['0', { retain_count: 1_000, physical: false, plan_token: 'token-1' }],
  ])
})

it('does not begin what something stands in the way of, and says where the cure is', async () => {
  const view = openOperations('/operations?task=compact', {
    ...compactable,
    'ops/compact': () =>
      aPlan({
        allowed: false,
        blockers: [{ code: 'alarm_corrupt', message: 'a CORRUPT alarm is active' }],
      }),
  })
  await expect.element(page.getByText('a CORRUPT alarm is active')).toBeVisible()
  await expect
    .element(page.getByRole('link', { name: 'Open Alarms' }))
    .toHaveAttribute('href', '/operations?task=alarms')
  await expect.element(button('Compact to 4,000')).toHaveAttribute('aria-disabled', 'true')
  await button('Compact to 4,000').click({ force: true })
  await expect.element(dialog()).not.toBeInTheDocument()
  expect(askedFor(view, 'POST', 'ops/compact').every(({ body }) => 'dry_run' in (body as object))).toBe(true)
})

it('asks for nothing while what is typed cannot be done', async () => {
  const view = openOperations('/operations?task=compact', compactable)
  await page.getByRole('textbox', { name: 'Keep the last revisions' }).fill('5000')
  await expect
    .element(page.getByText('There are not so many revisions yet: nothing to compact.'))
    .toBeVisible()
  await page.getByRole('textbox', { name: 'Keep the last revisions' }).fill('4950')
  await expect.element(page.getByText('The history is compacted beyond that already.')).toBeVisible()
  const before = askedFor(view, 'POST', 'ops/compact').length
  await page.getByRole('textbox', { name: 'Keep the last revisions' }).fill('-1')
  await expect.element(page.getByText('A whole number, 1 or more.')).toBeVisible()
  expect(askedFor(view, 'POST', 'ops/compact')).toHaveLength(before)
})

it('is made anew when the cluster changed, and agreed to again', async () => {
  let token = 1
  openOperations('/operations?task=compact', {
    ...compactable,
    'ops/compact': ({ body }) => {
      if ('dry_run' in (body as object)) return aPlan({ plan_token: `token-${token}` })
      token += 1
      return refusal(409, 'plan_changed')
    },
  })
  await button('Compact to 4,000').click()
  await dialog().getByRole('checkbox').click()
  await dialog().getByRole('button', { name: 'Compact to 4,000' }).click()
  await expect.element(page.getByText(/The cluster changed since the plan was made/)).toBeVisible()
  await expect.element(dialog()).not.toBeInTheDocument()
})

it('names who runs another operation, and leads to it', async () => {
  openOperations('/operations?task=hashkv', {
    'ops/hashkv': () =>
      refusal(409, 'operation_in_progress', {
        run_id: RUN,
        operation: 'defragment',
        username: 'carol',
        started_at: NOW - 60,
      }),
  })
  await button('Compare all voters').click()
  await dialog().getByRole('button', { name: 'Compare all voters' }).click()
  await expect.element(page.getByText(/Defragment is running, started by carol at/)).toBeVisible()
  await expect
    .element(page.getByRole('link', { name: 'Open the run' }))
    .toHaveAttribute('href', `/operations?task=runs&run=${RUN}`)
})
