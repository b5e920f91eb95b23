import { freePorts } from '@etcdmonitor/rig/free-ports'
import { needServer } from '@etcdmonitor/rig/need-server'
import { expect, it } from 'vitest'
import { startConsole } from '../setup/console/console.ts'
import { openPage, signInByForm } from '../setup/console/page.ts'

needServer('chromium', () => {
  it('shows at any depth that a page does not exist, and the way back', async () => {
    const [port] = await freePorts(1)
    await using console = await startConsole({ endpoints: [`http://127.0.0.1:${port}`] })
    await console.signIn()
    await using opened = await openPage(console)
    const { page } = opened
    await signInByForm(page)
    await page.waitForURL(/\/monitor/)
    for (const path of ['/nope', '/nope/x', '/a/b/c']) {
      await page.goto(console.url + path)
      await page.getByText('This page does not exist.').waitFor()
      await opened.shoot(`not-found-${path.split('/').length - 1}`)
      await page.getByRole('main').getByRole('link', { name: 'Monitor' }).click()
      await page.waitForURL(({ pathname }) => pathname === '/monitor')
      await page.getByText('No data yet: the configured endpoint does not answer.').waitFor()
    }
    await page.getByText('No etcd endpoint has answered yet.').waitFor()
    await page.getByRole('button', { name: 'Unknown: no data', exact: false }).waitFor()
    await opened.shoot('etcd-never-answered')
    opened.expectClean()
    expect(await page.getByText('The collector has not reported').count()).toBe(0)
  })
})
