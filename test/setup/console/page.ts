import { mkdirSync } from 'node:fs'
import { chromiumLaunch } from '@etcdmonitor/rig/chromium'
import { type Browser, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import type { Console } from './console.ts'
import { NEW_PASSWORD } from './console.ts'

const SHOTS = 'test/report/screenshots'
/** For whatever a test waits for in the page, unless it says more, ms. */
const PATIENCE = 60_000

export interface OpenPage extends AsyncDisposable {
  readonly page: Page
  /** Fails the test on anything that a page of ours must not do: reports of its policy, errors, requests to other hosts. */
  expectClean(): void
  /** For people, in `test/report`; not compared. */
  shoot(name: string): Promise<void>
}

export interface PageOptions {
  readonly theme?: 'dark' | 'light'
  readonly width?: number
  readonly height?: number
}

/** A fresh browser at the console's address, with nothing stored in it. */
export async function openPage(
  { url }: Pick<Console, 'url'>,
  { theme = 'dark', width = 1440, height = 900 }: PageOptions = {},
): Promise<OpenPage> {
  const browser: Browser = await chromium.launch(chromiumLaunch())
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    timezoneId: 'UTC',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE)
  const faults: string[] = []
  page.on('console', (message) => {
    // a refused sign-in and an API that is down are told in the page; the browser writes a line of its own
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(String(error)))
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url())) faults.push(request.url())
  })
  await page.goto(url)
  return {
    page,
    expectClean: () => expect(faults).toEqual([]),
    async shoot(name) {
      mkdirSync(SHOTS, { recursive: true })
      await page.screenshot({ path: `${SHOTS}/${name}-${theme}-${width}.png` })
    },
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

/** Through the form, with the password that `Console.signIn` sets. */
export async function signInByForm(page: Page, password = NEW_PASSWORD): Promise<void> {
  await page.getByLabel('User name', { exact: true }).fill('admin')
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}
