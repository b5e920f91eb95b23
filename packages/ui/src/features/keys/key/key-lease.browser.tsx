import '../../../styles/tokens.css'
import '../../../styles/base.css'
import { describe, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { AT, aKey, button, keysOf, lines, openValue, typeAtEnd } from '../../../../test/a-value.tsx'
import { signedInAt } from '../../../../test/signed-in.ts'

signedInAt(1_280, 900, { wrap: false })

describe('a lease', () => {
  const leased = () => keysOf(['/cfg', aKey('v', 7, { lease: { id: '7587864094525301249', ttl: 600 } })])

  it('B41 is kept by a save, removed, or made anew, and what etcd granted is said', async () => {
    const keys = leased()
    const view = openValue(AT, keys)
    await expect.element(page.getByText(/694d7c3f51ab0a01|694d/).first()).toBeVisible()
    await expect.element(page.getByText(/expires in (10:00|9:5\d)/)).toBeVisible()
    await typeAtEnd('1')
    await button('Save').click()
    await expect.element(page.getByText('Saved.')).toBeVisible()
    expect(keys.get('/cfg')?.lease?.id).toBe('7587864094525301249')
    const lease = page.getByRole('combobox', { name: 'Time to live' })
    await lease.selectOptions('Remove the lease')
    await button('Save').click()
    await expect.poll(() => keys.get('/cfg')?.lease).toBeUndefined()
    await expect.element(page.getByText('Saved.')).toBeVisible()
    await lease.selectOptions('New time to live')
    await page.getByRole('textbox', { name: 'Seconds' }).fill('1')
    await button('Save').click()
    await expect.element(page.getByText('Saved. etcd raised 1 s to 2 s.')).toBeVisible()
    expect(view.puts().map(({ body }) => (body as { ttl?: number }).ttl)).toEqual([undefined, 0, 1])
  })

  it('B41 of days is told in days', async () => {
    openValue(AT, keysOf(['/cfg', aKey('v', 7, { lease: { id: '5', ttl: 2_591_999 } })]))
    await expect.element(page.getByText(/expires in 29 d 23 h/)).toBeVisible()
  })

  it('B41 that ends is looked at until it is gone: expired, then gone, never below zero', async () => {
    const keys = keysOf(['/cfg', aKey('v', 7, { lease: { id: '5', ttl: 1 } })])
    openValue(AT, keys)
    await expect.element(page.getByText(/expires in 0:01/)).toBeVisible()
    keys.set('/cfg', aKey('v', 7, { lease: { id: '5', ttl: 0 } }))
    await expect.element(page.getByText(/expired, waiting to be removed/)).toBeVisible()
    keys.delete('/cfg')
    await expect
      .element(page.getByText(/Expired or deleted\. The text below is what was loaded\./))
      .toBeVisible()
    expect(lines()).toEqual(['v'])
  })
})
