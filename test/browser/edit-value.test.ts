import { type EtcdCluster, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { needServer } from '@etcdmonitor/rig/need-server'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Console, startConsole } from '../setup/console/console.ts'
import { openKeysPage } from '../setup/console/keys-page.ts'
import { type ValueGateway, valueGateway } from '../setup/etcd/value-gateway.ts'

const HOSTILE = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>'

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

    it('B37 B38 B46 stores exactly what was typed, under the policy of the page', async () => {
      const patterns = [
        'a\r\nb\r\n',
        'a\rb\n\r\n',
        '\ufeff{"n":12345678901234567890,"n":1.0}',
        'a\0\u2028e\u0301\u202e',
      ]
      for (const [at, text] of patterns.entries()) await etcd.put(`/exact/${at}.txt`, text)
      await etcd.put('/pod.json', '{"kind":"Pod","n":12345678901234567890,"v":1.0,"ready":true,"name":null}')
      await etcd.put('/hostile.txt', HOSTILE)
      await using opened = await openKeysPage(console)
      const { page, field, button, open, saved } = opened
      const listings: string[] = []
      page.on('request', (request) => {
        if (request.url().includes('/kv/v3/children')) listings.push(request.url())
      })
      for (const [at, text] of patterns.entries()) {
        await open(`/exact/${at}.txt`)
        await field.click()
        await page.keyboard.press('Control+Home')
        await page.keyboard.type('x')
        await page.keyboard.press('Control+s')
        await saved()
        expect((await etcd.get(`/exact/${at}.txt`))?.bytes.toString('hex')).toBe(
          Buffer.from(`x${text}`).toString('hex'),
        )
      }
      expect(listings).toHaveLength(2) // of the root and of `/exact`, once, whatever was saved
      await open('/hostile.txt')
      await field.getByText(HOSTILE).waitFor()
      await button('Formatted').click()
      await button('Hex').click()
      expect(await page.title()).not.toContain('owned')
      await open('/pod.json')
      await button('Exact').click()
      await page.keyboard.press('Control+f')
      await opened.shoot('keys-value')
      await button('Formatted').click()
      await field.getByText('"n": 12345678901234567890,').waitFor()
      await opened.shoot('keys-formatted')
      expect((await etcd.get('/pod.json'))?.version).toBe('1')
      opened.expectClean()
    })

    it('B39 K4 overwrites one byte of a value that is no text, and takes a file', async () => {
      const binary = Buffer.concat([
        Buffer.from('k8s\0'),
        Buffer.from(Array.from({ length: 2_044 }, (_, at) => at % 256)),
      ])
      await etcd.put('/pod', binary)
      await using opened = await openKeysPage(console, { theme: 'light' })
      const { page, button, open, saved } = opened
      await open('/pod')
      await page.getByText('Kubernetes object (protobuf), 2,048 bytes.').waitFor()
      await page.getByRole('slider', { name: 'Value of /pod' }).focus()
      await page.keyboard.press('Control+End')
      await page.keyboard.type('7f')
      await opened.shoot('keys-binary')
      await page.keyboard.press('Control+s')
      await saved()
      const expected = Buffer.from(binary)
      expected[2_047] = 0x7f
      expect((await etcd.get('/pod'))?.bytes.equals(expected)).toBe(true)
      const file = Buffer.from([0, 255, 13, 10, 13])
      await page
        .getByLabel('Replace from file…')
        .setInputFiles({ name: 'value.bin', mimeType: 'application/octet-stream', buffer: file })
      await page.getByText('Binary, 5 bytes.').waitFor()
      await button('Save').click()
      await saved()
      expect((await etcd.get('/pod'))?.bytes.equals(file)).toBe(true)
      const download = page.waitForEvent('download')
      await button('More for this key').click()
      await page.getByRole('menuitem', { name: 'Download stored value' }).click()
      const chunks: Buffer[] = []
      for await (const chunk of await (await download).createReadStream()) chunks.push(chunk as Buffer)
      expect(Buffer.concat(chunks).equals(file)).toBe(true)
      expect((await download).suggestedFilename()).toBe('pod')
      opened.expectClean()
    })

    it('B73 K6 opens 1.5 MB, and names the limit of etcd for what it does not take', async () => {
      const line = '{"key": "value", "number": 12345678901234567890}\n'
      await etcd.put('/large.txt', line.repeat(30_000))
      await using opened = await openKeysPage(console)
      const { page, field, button, open } = opened
      await open('/large.txt')
      await field.getByText(line.trim()).first().waitFor()
      await field.click()
      await page.keyboard.press('Control+End')
      await page.keyboard.type('typed at the end')
      await field.getByText('typed at the end').waitFor()
      await button('Hex').click()
      await page
        .getByLabel('Replace from file…')
        .setInputFiles({ name: 'x', mimeType: '', buffer: Buffer.from('x'.repeat(1_600_000)) })
      await button('Save').click()
      await page.getByText(/etcd takes no request this large: 1\.5 MiB/).waitFor()
      await page.getByRole('status').getByText('Not saved', { exact: true }).waitFor()
      await opened.shoot('keys-too-large')
      expect((await etcd.get('/large.txt'))?.version).toBe('1')
      opened.expectClean()
    })

    it.each([
      { theme: 'dark', width: 390, height: 844 },
      { theme: 'light', width: 390, height: 844 },
      { theme: 'light', width: 1440, height: 900 },
    ] as const)('B62 shows a value on $width px, $theme', async (options) => {
      await etcd.put(
        '/config/app.json',
        JSON.stringify({ replicas: 3, image: 'app:1.0', env: [true, null] }, null, 2),
      )
      await using opened = await openKeysPage(console, options)
      const { page, field, button, open } = opened
      await open('/config/app.json')
      await field.click()
      await page.keyboard.type(' ')
      await page.getByRole('status').getByText('Not saved', { exact: true }).waitFor()
      await opened.shoot('keys-edited')
      await etcd.put('/config/app.json', JSON.stringify({ replicas: 5, image: 'app:1.0' }, null, 2))
      await button('Save').click()
      await page
        .getByRole('dialog')
        .getByText(/^\d of \d difference/)
        .waitFor()
      await opened.shoot('keys-conflict-edited')
      await page.keyboard.press('Escape')
      await button('Hex').click()
      await opened.shoot('keys-hex')
      const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
      expect(overflow).toBeLessThanOrEqual(0)
      opened.expectClean()
    })
  }),
)
