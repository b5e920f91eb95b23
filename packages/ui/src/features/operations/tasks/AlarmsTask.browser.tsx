import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { NOW } from '../../../../test/a-monitor.tsx'
import { aPlan, openOperations } from '../../../../test/an-operation.tsx'
import { answerRange } from '../../../../test/range-answer.ts'
import { signedInAt } from '../../../../test/signed-in.ts'

const button = (name: string) => page.getByRole('button', { name, exact: true })

signedInAt(1_440, 900)

it('lists alarms, disarms only what it knows, and shows the steps out of NOSPACE', async () => {
  openOperations('/operations?task=alarms', {
    'ops/alarms': () => ({
      alarms: [
        { member_id: '8', member_name: 'etcd-8', alarm_type: 'NOSPACE' },
        { member_id: '0', member_name: '', alarm_type: 'CORRUPT' },
        { member_id: '5', member_name: '', alarm_type: 'UNKNOWN(9)' },
      ],
    }),
    range: (asked) =>
      answerRange(asked, NOW, (_, metric, at) => Number(metric === 'etcd_alarm_nospace' && at > NOW - 150)),
    'ops/alarms/disarm': () =>
      aPlan({
        allowed: false,
        blockers: [{ code: 'quota_still_exceeded', message: 'etcd-8 uses 99 % of its quota' }],
      }),
    'ops/rescue': () => ({
      cluster_id: '1',
      at: NOW,
      complete: false,
      alarm_active: true,
      alarms: [],
      members: [],
      revision: null,
      compact_revision: null,
      compacts_by_itself: null,
      kubernetes: null,
      growth_bytes_per_hour: null,
      puts_per_second: null,
      failed_writes_per_second: null,
      prefixes: [
        { prefix: '/a b/', keys: 900, percent: 90 },
        { prefix: '\\xff', prefix_b64: '/w==', keys: 100, percent: 10 },
      ],
      prefixes_complete: false,
      steps: [
        { action: 'stop_writer', state: 'done', message: '' },
        { action: 'delete_keys', state: 'todo', message: 'delete what is not needed' },
        { action: 'compact', state: 'done', message: '1 revision is kept' },
        { action: 'defragment', state: 'blocked', message: 'after compact' },
      ],
    }),
  })
  await expect.element(page.getByRole('row', { name: /no member is named CORRUPT/ })).toBeVisible()
  await expect.element(page.getByRole('row', { name: /etcd-8 NOSPACE more than 2 min \d+ s/ })).toBeVisible()
  await expect.element(page.getByRole('row', { name: /has left the cluster UNKNOWN\(9\)/ })).toBeVisible()
  await expect.element(button('Disarm CORRUPT of no member is named')).toBeVisible()
  await expect
    .element(page.getByRole('link', { name: '/a b/' }))
    .toHaveAttribute('href', '/keys?at=%2Fa+b%2F')
  await expect.element(page.getByRole('link', { name: '\\xff' })).toHaveAttribute('href', '/keys?at_b64=_w')
  await expect.element(button('Disarm UNKNOWN(9) of')).not.toBeInTheDocument()
  await button('Disarm NOSPACE of etcd-8').click()
  await expect.element(page.getByText('etcd-8 uses 99 % of its quota')).toBeVisible()
  await expect
    .element(page.getByRole('link', { name: 'Next step: Delete keys that are not needed' }))
    .toHaveAttribute('href', '/keys')
  await expect.element(page.getByText('Not everything could be read', { exact: false })).toBeVisible()
  await expect
    .element(page.getByRole('listitem').filter({ hasText: 'Stop the writer' }))
    .toMatchTextContent(/done/)
  const todo = page.getByRole('listitem').filter({ hasText: 'delete what is not needed' })
  await expect.element(todo.getByRole('link', { name: 'Open' })).toHaveAttribute('href', '/keys')
})

it('complains of no gap where only the prefixes were not counted to the end', async () => {
  openOperations('/operations?task=alarms', {
    'ops/alarms': () => ({ alarms: [] }),
    'ops/rescue': () => ({
      cluster_id: '1',
      at: NOW,
      complete: true,
      alarm_active: false,
      alarms: [],
      members: [
        {
          member_id: '8',
          member_name: 'etcd-8',
          role: 'leader',
          db_size: 1_048_576,
          db_size_in_use: 1_048_576,
          quota: 2_097_152,
          used_percent: 50,
          reclaimable: 0,
          advice: 'not_worth_it',
        },
      ],
      revision: 1_002,
      compact_revision: 0,
      compacts_by_itself: false,
      kubernetes: false,
      growth_bytes_per_hour: 0,
      puts_per_second: 0,
      failed_writes_per_second: 0,
      prefixes: [{ prefix: '/app/', keys: 889, percent: 100 }],
      prefixes_complete: false,
      steps: [],
    }),
  })
  await expect.element(page.getByText('Not every directory was looked at', { exact: false })).toBeVisible()
  expect(page.getByText('Not everything could be read', { exact: false }).query()).toBeNull()
})
