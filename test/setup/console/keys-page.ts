import type { Locator, Page } from 'playwright-core'
import type { Console } from './console.ts'
import { type OpenPage, openPage, type PageOptions, signInByForm } from './page.ts'

export interface OpenKeysPage extends OpenPage {
  readonly field: Locator
  readonly button: (name: string | RegExp) => Locator
  /** By the router: a page that is loaded anew signs in anew. */
  open(key: string): Promise<void>
  saved(): Promise<void>
}

/** A fresh browser, signed in, whose Keys page a key is opened on. */
export async function openKeysPage(console: Console, options: PageOptions = {}): Promise<OpenKeysPage> {
  await console.signIn()
  const opened = await openPage(console, options)
  await signInByForm(opened.page)
  await opened.page.waitForURL(/\/monitor\?range=/) // it has settled: its replace would come after what is opened next
  return { ...opened, ...onPage(opened.page) }
}

const onPage = (page: Page): Omit<OpenKeysPage, keyof OpenPage> => ({
  field: page.getByRole('textbox', { name: /^Value of/ }),
  button: (name) => page.getByRole('button', { name, exact: true }),
  async open(key) {
    const path = JSON.stringify(`/keys?key=${encodeURIComponent(key)}`)
    await page.evaluate(`history.pushState(null, '', ${path}); dispatchEvent(new PopStateEvent('popstate'))`)
    await page.getByRole('heading', { name: key, exact: true, level: 2 }).waitFor()
  },
  saved: () =>
    page
      .getByRole('status')
      .getByText(/^Saved\./)
      .waitFor(),
})
