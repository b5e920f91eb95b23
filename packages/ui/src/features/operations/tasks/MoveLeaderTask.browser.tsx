import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { NOW } from '../../../../test/a-monitor.tsx'
import { aPlan, askedFor, openOperations } from '../../../../test/an-operation.tsx'
import { answerRange } from '../../../../test/range-answer.ts'
import { signedInAt } from '../../../../test/signed-in.ts'

const button = (name: string) => page.getByRole('button', { name, exact: true })
const dialog = () => page.getByRole('alertdialog')

signedInAt(1_440, 900)

it('offers only those who can lead, and says why not the others', async () => {
  const view = openOperations('/operations?task=move-leader', {
    range: (asked) => answerRange(asked, NOW),
    'ops/move-leader': () => aPlan(),
  })
  await expect.element(page.getByText(/^The leader is etcd-7, for more than .*\d/)).toBeVisible()
  await expect.element(page.getByRole('radio', { name: 'etcd-7' })).toBeDisabled()
  await expect.element(page.getByRole('row', { name: /etcd-7 0 .*leads now/ })).toBeVisible()
  await page.getByRole('radio', { name: 'etcd-8' }).click()
  await button('Make etcd-8 the leader').click()
  await expect.element(dialog().getByText('etcd-8 (0000000000000008)')).toBeVisible()
  expect(askedFor(view, 'POST', 'ops/move-leader')[0]?.body).toEqual({
    target_member_id: '8',
    dry_run: true,
  })
})
