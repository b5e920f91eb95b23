import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { NOW } from '../../../test/a-monitor.tsx'
import { aRun } from '../../../test/a-run.ts'
import { findViolations } from '../../../test/a11y.ts'
import { aPlan, openOperations } from '../../../test/an-operation.tsx'
import { refusal } from '../../../test/render-page.tsx'
import { signedInAt } from '../../../test/signed-in.ts'

signedInAt(1_440, 900)

it('says that nothing runs, when each operation was last run, and what speaks for it', async () => {
  openOperations('/operations', {
    'ops/runs': () => ({
      runs: [aRun({ operation: 'hashkv', started_at: NOW - 5, params: {} }), aRun({ state: 'failed' })],
      cursor: null,
    }),
  })
  await expect.element(page.getByText('No operation is running.')).toBeVisible()
  await expect
    .element(
      page.getByRole('row', { name: /Defragment last: .*failed 3 members could return about 750 MiB/ }),
    )
    .toBeVisible()
  await expect.element(page.getByRole('row', { name: /HashKV last: .*succeeded/ })).toBeVisible()
  await expect.element(page.getByRole('row', { name: /Snapshot never run from here/ })).toBeVisible()
  await expect.element(page.getByRole('row', { name: /Move leader .*leader: etcd-7/ })).toBeVisible()
})

it('is a select where there is no room, and keeps its task in the address', async () => {
  await page.viewport(390, 844)
  const view = openOperations('/operations', {
    'ops/compact/revision': () => ({ revision: 5_000, compact_revision: 0 }),
  })
  await page.getByRole('combobox', { name: 'Operations' }).selectOptions('Compact')
  await expect.element(page.getByRole('heading', { name: 'Operations: Compact' })).toBeVisible()
  expect(view.url()).toBe('/operations?task=compact')
  expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(390)
})

it('shows nothing but why while operations are switched off', async () => {
  openOperations('/operations?task=compact', {}, false)
  await expect
    .element(page.getByText(/switched off on the server.*on its host: etcdmonitor audit-export$/))
    .toBeVisible()
  await expect.element(page.getByRole('navigation', { name: 'Operations' })).not.toBeInTheDocument()
})

it.each(['overview', 'runs', 'defragment', 'snapshot', 'alarms', 'move-leader', 'hashkv', 'compact'])(
  'can be used by everybody: %s',
  async (task) => {
    openOperations(`/operations?task=${task}`, {
      'ops/defragment': () => aPlan({ warnings: [{ code: 'disk_space', message: 'needs room' }] }),
      'ops/compact/revision': () => ({ revision: 5_000, compact_revision: 100 }),
      'ops/compact': () => aPlan(),
      'ops/rescue': () => refusal(503, 'etcd_unavailable'),
    })
    await expect.element(page.getByRole('heading', { level: 1 })).toBeVisible()
    expect(await findViolations()).toEqual([])
  },
)
