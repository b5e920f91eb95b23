import '../../../styles/tokens.css'
import '../../../styles/base.css'
import { describe, expect, it } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { AT, button, expectLines, field, lines, openValue, stored } from '../../../../test/a-value.tsx'
import { refusal } from '../../../../test/render-page.tsx'
import { signedInAt } from '../../../../test/signed-in.ts'

signedInAt(1_280, 900, { wrap: false })

describe('what may not be saved', () => {
  it('is not edited where keys are read-only', async () => {
    openValue(AT, stored('stored'), {}, { kv_read_only: true })
    await expect.element(page.getByText('Keys are read-only by configuration.')).toBeVisible()
    await field().click()
    await userEvent.keyboard('x')
    expect(lines()).toEqual(['stored'])
    await expect.element(button('Save')).not.toBeInTheDocument()
    await expect.element(button('Delete…')).not.toBeInTheDocument()
  })

  it('is not edited above the limit, which is said before anything can be typed', async () => {
    openValue(AT, stored('x'.repeat(101)), {}, { kv_max_value_size: 100 })
    await expect.element(page.getByText(/larger than what may be saved here/)).toBeVisible()
    await expect.element(field()).toHaveAttribute('aria-readonly', 'true')
    await expect.element(button('Save')).not.toBeInTheDocument()
  })

  it('is not edited where the roles of the etcd user only read, and a refusal asks for them again', async () => {
    const grant = { from: '/', to: '0', read: true }
    let write = false
    const connection = {
      version: '3.6.0',
      name: 'etcd-1',
      size: 1,
      size_str: '1 B',
      cluster_id: '1',
      member_id: '1',
      leader_id: '1',
      revision: 1,
    }
    const view = openValue(AT, stored('stored'), {
      'kv/v3/connect': () => ({ ...connection, grants: [{ ...grant, write }] }),
      'kv/v3/put': () => refusal(403, 'permission_denied'),
    })
    await expect
      .element(page.getByText('The etcd user of etcdmonitor may read this, but not change it.'))
      .toBeVisible()
    await expect.element(field()).toHaveAttribute('aria-readonly', 'true')
    await expect.element(button('Delete…')).toBeDisabled()
    write = true
    await page.getByRole('button', { name: 'Refresh' }).click()
    await expect.element(field()).not.toHaveAttribute('aria-readonly', 'true')
    await field().click()
    await userEvent.keyboard('{Home}!')
    write = false
    await button('Save').click()
    await expect.poll(() => view.asked.filter(({ path }) => path === 'kv/v3/connect').length).toBe(3)
    await expect.element(field()).toHaveAttribute('aria-readonly', 'true')
    await expectLines(['!stored'])
    await expect.element(page.getByRole('alert').getByText(/may not do this/)).toBeVisible()
    await button('Discard').click()
    await expectLines(['stored'])
  })

  it('of a key that is not there says so', async () => {
    const view = openValue(AT, new Map())
    await expect.element(page.getByText('This key does not exist (any more).')).toBeVisible()
    await page.getByRole('main').getByRole('button', { name: 'Create key' }).last().click()
    await expect.element(page.getByRole('textbox', { name: 'Key', exact: true })).toHaveValue('/cfg')
    await userEvent.keyboard('{Escape}')
    await button('Back to keys').last().click()
    await expect.poll(view.url).toBe('/keys')
  })
})

describe('a save that failed', () => {
  const typed = async () => {
    await field().click()
    await userEvent.keyboard('{End}!')
    await button('Save').click()
  }

  it.each([
    [
      () => refusal(413, 'payload_too_large', { limit: 'value', max_bytes: 1_048_576 }),
      /A value may have at most 1 MiB here/,
    ],
    [
      () => refusal(413, 'payload_too_large', { limit: 'body', max_bytes: 1_048_576 }),
      /A request may have at most 1 MiB here/,
    ],
    [
      () => refusal(413, 'payload_too_large', { limit: 'etcd' }),
      /etcd takes no request this large: 1.5 MiB, unless --max-request-bytes/,
    ],
    [() => new Response('<html>', { status: 413 }), /A proxy in front limits the size of a request/],
    [() => refusal(507, 'etcd_nospace'), /etcd takes no writes: NOSPACE/],
    [() => refusal(403, 'permission_denied'), /The etcd user of etcdmonitor may not do this/],
    [() => refusal(503, 'audit_unavailable'), /not be recorded, so it was not/],
  ])('keeps what was typed, and names the reason: %#', async (answer, text) => {
    const view = openValue(AT, stored('mine'), { 'kv/v3/put': answer })
    await typed()
    await expect.element(page.getByRole('alert').getByText(text)).toBeVisible()
    expect(page.getByRole('alert').element().textContent).not.toMatch(/no space/i)
    expect(lines()).toEqual(['mine!'])
    await expect.element(page.getByText('Not saved')).toBeVisible()
    expect(view.puts()).toHaveLength(1)
  })
})
