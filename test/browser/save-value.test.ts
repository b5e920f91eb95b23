import { type EtcdCluster, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { needServer } from '@etcdmonitor/rig/need-server'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Console, startConsole } from '../setup/console/console.ts'
import { openKeysPage } from '../setup/console/keys-page.ts'
import { etcdGateway } from '../setup/etcd/etcd-gateway.ts'
import { type ValueGateway, valueGateway } from '../setup/etcd/value-gateway.ts'
import { eventually } from '../setup/eventually.ts'

needServer('chromium', () =>
  needServer('etcd', () => {
    let cluster: EtcdCluster
    let console: Console
    let etcd: ValueGateway
    beforeAll(async () => {
      cluster = await startEtcdCluster({ members: 1 })
      etcd = valueGateway(cluster)
      console = await startConsole({ endpoints: cluster.endpoints })
    })
    afterAll(async () => {
      await console[Symbol.asyncDispose]()
      await cluster.dispose()
    })

    it('B40 B41 B68 shows a conflict, keeps a lease, and says what etcd granted', async () => {
      const lease = await etcd.grant(600)
      const config = (replicas: number) =>
        JSON.stringify({ replicas, image: 'app:1', env: ['a', 'b'] }, null, 2)
      await etcd.put('/config/app.json', config(1), lease)
      await using opened = await openKeysPage(console, { theme: 'light' })
      const { page, field, button, open, saved } = opened
      await open('/config/app.json')
      await field.click()
      await page.keyboard.press('Control+End')
      await page.keyboard.type('\n')
      await etcd.put('/config/app.json', config(5), lease)
      await button('Save').click()
      await page.getByRole('dialog').getByText('1 of 2 differences').waitFor()
      await opened.shoot('keys-conflict')
      await button(/^Overwrite revision/).click()
      await saved()
      const stored = await etcd.get('/config/app.json')
      expect(stored?.bytes.toString()).toBe(`${config(1)}\n`)
      expect(stored?.lease).toBe(lease)
      await page.getByRole('combobox', { name: 'Time to live' }).selectOption('Remove the lease')
      await button('Save').click()
      await eventually('the lease is gone', async () => {
        const { lease: now } = (await etcd.get('/config/app.json')) ?? {}
        return now === undefined || now === '0'
      })
      await page.getByRole('combobox', { name: 'Time to live' }).selectOption('New time to live')
      await page.getByRole('textbox', { name: 'Seconds' }).fill('1')
      await button('Save').click()
      await page.getByText('Saved. etcd raised 1 s to 2 s.').waitFor()
      await page.getByText(/Expired or deleted|expired, waiting/).waitFor()
      await opened.shoot('keys-expired')
      opened.expectClean()
    })

    it('B47 B49 looks for a save whose answer was lost, and asks before a draft is left', async () => {
      await etcd.put('/a.txt', 'a')
      await using opened = await openKeysPage(console)
      const { page, field, button, open, saved } = opened
      let puts = 0
      await page.route('**/api/kv/v3/put', async (route) => {
        puts += 1
        await route.fetch() // it reaches etcd, and nobody hears of it
        await route.abort('connectionreset')
      })
      await open('/a.txt')
      await field.click()
      await page.keyboard.press('Control+End')
      await page.keyboard.type('b')
      await button('Save').click()
      await saved()
      expect((await etcd.get('/a.txt'))?.bytes.toString()).toBe('ab')
      expect(puts).toBe(1)
      await field.click()
      await page.keyboard.press('Control+End')
      await page.keyboard.type('c')
      await page.getByRole('status').getByText('Not saved', { exact: true }).waitFor()
      await page.getByRole('link', { name: 'Monitor', exact: true }).click()
      await page.waitForURL(/\/monitor/)
      const asked = page.waitForEvent('dialog')
      await page.close({ runBeforeUnload: true })
      const question = await asked
      expect(question.type()).toBe('beforeunload')
      await question.dismiss()
      await open('/a.txt')
      await field.getByText('abc').waitFor()
      opened.expectClean()
    })

    it('B72 shows a conflict, and lists anew, when the data was wiped under both', async () => {
      const names = Array.from({ length: 1_200 }, (_, at) => `/flat/${String(at).padStart(4, '0')}`)
      const old = await startEtcdCluster({ members: 1 })
      await etcdGateway(old.endpoints[0] ?? '').putAll(names)
      await valueGateway(old).put('/a.txt', 'of before')
      await using console = await startConsole({ endpoints: old.endpoints })
      await using opened = await openKeysPage(console)
      const { page, field, button, open } = opened
      await open('/a.txt')
      await page.getByRole('treeitem', { name: /^flat/ }).getByRole('button').last().click()
      await page.getByRole('treeitem', { name: '0000', exact: true }).waitFor()
      await open('/a.txt')
      await field.click()
      await page.keyboard.press('Control+End')
      await page.keyboard.type(', mine')

      await old.dispose()
      await using anew = await startEtcdCluster({ members: 1, ports: old.ports })
      await page
        .getByRole('region', { name: 'Notices' })
        .getByText(/wiped or restored/)
        .first()
        .waitFor()
      await etcdGateway(anew.endpoints[0] ?? '').putAll(names.map((name) => `${name}-anew`))
      await valueGateway(anew).put('/a.txt', 'of after')
      await button('Save').click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText(/The data of the cluster was wiped or restored/).waitFor()
      await dialog.getByText('of after', { exact: true }).waitFor()
      await dialog.getByText('of before, mine', { exact: true }).waitFor()
      await opened.shoot('keys-data-wiped')
      await button('Keep editing').click()
      expect((await valueGateway(anew).get('/a.txt'))?.bytes.toString()).toBe('of after')

      await page.getByRole('tree').focus()
      await page.keyboard.press('End')
      await page
        .getByRole('treeitem', { name: /-anew$/ })
        .first()
        .waitFor()
      await page.keyboard.press('Home')
      await page.getByRole('treeitem', { name: '0000-anew', exact: true }).waitFor()
      expect(await page.getByRole('treeitem', { name: /^\d{4}$/ }).count()).toBe(0)

      await page.getByRole('link', { name: 'Monitor', exact: true }).click()
      await page
        .locator('.chart-mark')
        .getByText('The data was wiped or restored')
        .first()
        .waitFor({ state: 'attached' })
      await opened.shoot('keys-data-wiped-marked')
      opened.expectClean()
    })
  }),
)
