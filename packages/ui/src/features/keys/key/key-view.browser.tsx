import '../../../styles/tokens.css'
import '../../../styles/base.css'
import { expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { AT, aKey, button, expectLines, keyAnswer, keysOf, openValue } from '../../../../test/a-value.tsx'
import { findViolations } from '../../../../test/a11y.ts'
import { signedInAt } from '../../../../test/signed-in.ts'

signedInAt(1_280, 900, { wrap: false })

it('says how large a value is while it comes, and can be stopped', async () => {
  let send: (() => void) | undefined
  const body = JSON.stringify(keyAnswer('/cfg', aKey('large')))
  openValue(AT, keysOf(['/cfg', aKey('large')]), {
    'kv/v3/get': () =>
      new Response(
        new ReadableStream({
          start(controller) {
            send = () => {
              controller.enqueue(new TextEncoder().encode(body))
              controller.close()
            }
          },
        }),
        { headers: { 'x-value-bytes': '5000000' } },
      ),
  })
  await expect.element(page.getByText('4.77 MiB are coming…')).toBeVisible()
  await button('Cancel').click()
  await expect.element(page.getByText('Cancelled: the value was not loaded.')).toBeVisible()
  await button('Read again').click()
  await expect.element(page.getByText('4.77 MiB are coming…')).toBeVisible()
  send?.()
  await expectLines(['large'])
})

it.each(['Exact', 'Formatted', 'Hex'])('has no violation that axe finds: %s', async (tab) => {
  const view = openValue(AT, keysOf(['/cfg', aKey('{"a": [1, true, "text"], "b": null}')]))
  await button(tab).click()
  await expect.element(button(tab)).toHaveAttribute('aria-pressed', 'true')
  expect(await findViolations(view.container)).toEqual([])
})
