import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { status } from '../../../../test/a-monitor.tsx'
import { aPlan, askedFor, MEMBERS, openOperations } from '../../../../test/an-operation.tsx'
import { signedInAt } from '../../../../test/signed-in.ts'

const button = (name: string) => page.getByRole('button', { name, exact: true })
const dialog = () => page.getByRole('alertdialog')

signedInAt(1_440, 900)

const planned = (ids: readonly string[]) =>
  aPlan({
    steps: ids.map((id) => ({
      action: 'defragment' as const,
      member_id: id,
      member_name: `etcd-${id}`,
      role: id === '7' ? ('leader' as const) : ('follower' as const),
      note: 'returns about 250 MiB',
      skipped: false,
      blocked_seconds: 1,
    })),
  })

it('takes all voters with the offered least, in the order of the plan, and names them before it begins', async () => {
  const view = openOperations('/operations?task=defragment', {
    'ops/defragment': () => planned(['9', '8', '7']),
  })
  await button('Defragment 3 members').click()
  await expect.element(dialog().getByText('etcd-9 (0000000000000009)')).toBeVisible()
  await expect.element(dialog().getByText('It can be stopped between two members.')).toBeVisible()
  expect(askedFor(view, 'POST', 'ops/defragment')[0]?.body).toEqual({
    member_ids: ['7', '8', '9'],
    min_reclaim_bytes: 33_554_432,
    dry_run: true,
  })
})

it('asks anew for the members that are left, and for what the leader does', async () => {
  const view = openOperations('/operations?task=defragment', {
    'ops/defragment': ({ body }) => planned((body as { member_ids: string[] }).member_ids),
  })
  await page.getByRole('checkbox', { name: 'etcd-7' }).click()
  await page.getByRole('combobox', { name: 'The leader' }).selectOptions('The leader: In place')
  await page.getByRole('textbox', { name: /Skip members/ }).fill('0')
  await expect.element(button('Defragment 2 members')).toBeVisible()
  await expect
    .poll(() => askedFor(view, 'POST', 'ops/defragment').at(-1)?.body)
    .toEqual({ member_ids: ['8', '9'], min_reclaim_bytes: 0, move_leader: false, dry_run: true })
})

it('takes one member alone while a voter is down: no other order would be let through', async () => {
  const members = MEMBERS.map((one) => (one.id === '9' ? { ...one, status: 'unreachable' as const } : one))
  const view = openOperations('/operations?task=defragment&member=8', {
    status: () => status({ members }),
    'ops/defragment': () => planned(['8']),
  })
  await button('Defragment 1 member').click()
  await expect.element(dialog().getByText('It cannot be stopped once it is sent.')).toBeVisible()
  expect(askedFor(view, 'POST', 'ops/defragment')[0]?.body).toEqual({ member_id: '8', dry_run: true })
})

it('begins with the members and the least that another run has left', async () => {
  const view = openOperations('/operations?task=defragment&members=9,7&least=1048576', {
    'ops/defragment': () => planned(['9', '7']),
  })
  await expect.element(button('Defragment 2 members')).toBeVisible()
  await expect.element(page.getByRole('checkbox', { name: 'etcd-8' })).not.toBeChecked()
  expect(askedFor(view, 'POST', 'ops/defragment')[0]?.body).toMatchObject({
    member_ids: ['7', '9'],
    min_reclaim_bytes: 1_048_576,
  })
})

it('says in words that a plan would do nothing', async () => {
  openOperations('/operations?task=defragment', {
    'ops/defragment': () =>
      aPlan({ steps: planned(['9']).steps.map((step) => ({ ...step, skipped: true })) }),
  })
  await expect.element(button('Nothing to defragment')).toHaveAttribute('aria-disabled', 'true')
  await expect.element(page.getByText('Nothing would be done: the plan says why.')).toBeVisible()
})

it('begins with the one member that was chosen elsewhere', async () => {
  const view = openOperations('/operations?task=defragment&member=8', {
    'ops/defragment': () => planned(['8']),
  })
  await expect.element(button('Defragment 1 member')).toBeVisible()
  expect(askedFor(view, 'POST', 'ops/defragment')[0]?.body).toMatchObject({ member_ids: ['8'] })
})
