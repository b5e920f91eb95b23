import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { NOW } from '../../../../test/a-monitor.tsx'
import { aRun, RUN } from '../../../../test/a-run.ts'
import { askedFor, openOperations } from '../../../../test/an-operation.tsx'
import { signedInAt } from '../../../../test/signed-in.ts'

const button = (name: string) => page.getByRole('button', { name, exact: true })
const dialog = () => page.getByRole('alertdialog')

signedInAt(1_440, 900)

it('proposes the most advanced follower for a snapshot, and follows its run', async () => {
  let isUsed = false
  const view = openOperations('/operations?task=snapshot', {
    'ops/snapshot/ticket': () => {
      isUsed = true
      return {
        ticket: 't'.repeat(43),
        expires_at: NOW + 30,
        member_id: '9',
        member_name: 'etcd-9',
        url: 'http://evil/',
      }
    },
    'ops/runs': () => ({
      runs: isUsed ? [aRun({ operation: 'snapshot', state: 'running', finished_at: null, params: {} })] : [],
      cursor: null,
    }),
    [`ops/runs/${RUN}`]: () =>
      aRun({
        operation: 'snapshot',
        params: {},
        result: {
          file_name: 'etcd-snapshot-etcd-9-20260920-230000.db',
          bytes: 3_441_332_256,
          sha256: 'ab'.repeat(32),
          check: 'sha256',
          etcd_version: '3.6.16',
        },
      }),
  })
  await expect.element(page.getByRole('combobox', { name: 'Member' })).toHaveDisplayValue('etcd-9, proposed')
  await button('Download snapshot').click()
  await dialog().getByRole('button', { name: 'Download snapshot' }).click()
  const told = `Sent whole and verified: 3,441,332,256 bytes, SHA-256 ${'ab'.repeat(32)}.`
  const restore = 'etcdutl snapshot restore etcd-snapshot-etcd-9-20260920-230000.db --data-dir NEW'
  for (const text of [told, restore])
    await expect.element(page.getByText(text, { exact: false })).toBeVisible()
  expect(askedFor(view, 'POST', 'ops/snapshot/ticket').map(({ body }) => body)).toEqual([{ member_id: '9' }])
})
