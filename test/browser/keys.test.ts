import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { needServer } from '@etcdmonitor/rig/need-server'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { type Console, startConsole } from '../setup/console/console.ts'
import { openPage, signInByForm } from '../setup/console/page.ts'
import { etcdGateway } from '../setup/etcd/etcd-gateway.ts'

/** Rows of the tree, with their texts and how deep they are. */
const rows = (page: Page) =>
  page
    .getByRole('treeitem')
    .evaluateAll((found) => found.map((row) => `${row.getAttribute('aria-level')} ${row.textContent}`))

async function openKeys(console: Console, path = '/keys', width = 1_440) {
  await console.signIn()
  const opened = await openPage(console, { width })
  await signInByForm(opened.page)
  await opened.page.waitForURL(/\/monitor/)
  await opened.page.goto(console.url + path)
  return opened
}

/** For what asks etcd hundreds of times, on a machine that may do other things. */
const LONG = { timeout: 240_000 }

/** Of a text area, or of an editor that is none. */
const textOf = (field: { readonly value?: unknown; readonly textContent: string | null }): string =>
  typeof field.value === 'string' ? field.value : (field.textContent ?? '')

const linkTo = (key: string) => `/keys?${new URLSearchParams({ key })}`

needServer('chromium', () =>
  needServer('etcd', () => {
    it('B36 shows keys that look alike as rows of their own, and changes nothing by it', async () => {
      const deep = `/${Array.from({ length: 500 }, (_, at) => `d${at}`).join('/')}`
      const keys = [
        '/a',
        '/a/',
        '/a/b',
        '/a//b',
        'a/b',
        '//x',
        '__proto__',
        '/\u202egnp',
        '/<img src=x onerror=alert(1)>',
        deep,
      ]
      await using cluster = await startEtcdCluster({ members: 1 })
      const etcd = etcdGateway(cluster.endpoints[0] ?? '')
      for (const [at, key] of keys.entries()) await etcd.put(key, `value ${at}`)
      await etcd.put(Uint8Array.of(0x2f, 0x62, 0xff), 'of bytes')
      await using console = await startConsole({ endpoints: cluster.endpoints })
      const before = await etcd.count('')
      await using opened = await openKeys(console)
      const { page } = opened
      await page.getByText('11 keys', { exact: true }).waitFor()
      await expect
        .poll(() => rows(page))
        .toEqual([
          '1 (empty)directory, 1 key',
          '1 <img src=x onerror=alert(1)>',
          '1 akeydirectory, 3 keys',
          '1 b\\xffbytes',
          '1 d0directory, 1 key',
          '1 \\u{202e}gnp',
          '1 __proto__no leading /',
          '1 ano leading /directory, 1 key',
        ])
      await opened.shoot('keys-names')
      for (const [at, key] of keys.entries()) {
        await page.goto(console.url + linkTo(key))
        const shown = page.getByRole('textbox', { name: /^Value of/ })
        await expect.poll(() => shown.evaluate(textOf)).toBe(`value ${at}`)
        await page.locator('[role="treeitem"][aria-selected="true"]').waitFor(LONG)
      }
      expect(await etcd.count('')).toEqual(before)
      opened.expectClean()
    }, 600_000)

    it('B50 says that v2 is off where etcd does not serve it, and leads back', async () => {
      await using cluster = await startEtcdCluster({ members: 1 })
      await using console = await startConsole({ endpoints: cluster.endpoints })
      await using opened = await openKeys(console, '/keys?api=v2')
      const { page } = opened
      await page.getByText('This cluster does not serve the v2 API', { exact: false }).waitFor()
      await opened.shoot('keys-v2-off')
      await page.getByRole('button', { name: 'Back to v3' }).click()
      await page.getByText('This cluster holds no keys.').waitFor()
      opened.expectClean()
    })

    it('B43, B44, B45 finds the last of 100,500 keys before it is loaded, and deletes them in two parts', async () => {
      const keys = Array.from({ length: 100_500 }, (_, at) => `/flat/${String(at).padStart(6, '0')}`)
      await using cluster = await startEtcdCluster({ members: 1 })
      const etcd = etcdGateway(cluster.endpoints[0] ?? '')
      await etcd.putAll(keys)
      for (const key of ['/flat', '/flat0', '/flas']) await etcd.put(key, 'stays')
      await using console = await startConsole({ endpoints: cluster.endpoints })
      await using opened = await openKeys(console, '/keys?view=search&q=100499')
      const { page } = opened
      const hits = page.getByRole('listbox', { name: 'Keys that were found' })
      await hits.getByRole('option', { name: /\/flat\/100499/ }).waitFor()
      await page.getByText('1 hit. Searched all 100,503 keys', { exact: false }).first().waitFor()
      await opened.shoot('keys-search')

      await page.getByRole('button', { name: 'List' }).click()
      await page.getByRole('textbox', { name: 'Go to key' }).fill('/flat/050000x')
      await page.getByRole('button', { name: 'Go', exact: true }).click()
      const first = page.getByRole('listbox', { name: 'List' }).getByRole('option').first()
      await expect.poll(() => first.textContent()).toContain('/flat/050001')
      await opened.shoot('keys-list')

      await page.goto(`${console.url}/keys?key=%2Fflat&dir=1`)
      await page.getByRole('button', { name: 'Delete all below…' }).click()
      await page.getByRole('textbox', { name: 'Type 100500 to confirm' }).fill('100500')
      await page.getByText('The key /flat itself stays.').waitFor()
      await opened.shoot('keys-delete')
      await page.getByRole('button', { name: 'Delete 100,500 keys' }).click()
      await page.getByText('100,500 keys deleted', { exact: false }).waitFor(LONG)
      expect((await etcd.count('/flat/')).count).toBe(0)
      expect(await Promise.all(['/flat', '/flat0', '/flas'].map(etcd.get))).toEqual([
        'stays',
        'stays',
        'stays',
      ])
      opened.expectClean()
    }, 600_000)

    it('B48 opens at the range that the etcd user may read, and at another when its rights change', async () => {
      await using cluster = await startEtcdCluster({ members: 1 })
      const etcd = etcdGateway(cluster.endpoints[0] ?? '')
      await etcd.putAll(Array.from({ length: 1_200 }, (_, at) => `/app/${String(at).padStart(4, '0')}`))
      await etcd.put('/secret/x', 'out of sight')
      const encode = (text: string) => Buffer.from(text).toString('base64')
      await etcd.auth('role/add', { name: 'reader' })
      await etcd.auth('role/grant', {
        name: 'reader',
        perm: { permType: 'READ', key: encode('/app/'), range_end: encode('/app0') },
      })
      await etcd.auth('role/add', { name: 'root' })
      for (const [name, role] of [
        ['root', 'root'],
        ['u', 'reader'],
      ]) {
        await etcd.auth('user/add', { name, password: 'pw' })
        await etcd.auth('user/grant', { user: name, role })
      }
      await etcd.auth('enable', {})
      await using console = await startConsole({
        endpoints: cluster.endpoints,
        env: { ETCDMONITOR_ETCD_USERNAME: 'u', ETCDMONITOR_ETCD_PASSWORD: 'pw' },
      })
      await using opened = await openKeys(console)
      const { page } = opened
      await page
        .getByText('Keys outside these ranges are not visible to the etcd user of etcdmonitor.')
        .waitFor()
      await page.getByText('Below /app/').waitFor()
      await page.getByText('1,200 keys', { exact: true }).waitFor()
      await expect.poll(() => page.getByRole('button', { name: 'Create key' }).isDisabled()).toBe(true)
      await page.getByRole('tree').focus()
      await page.keyboard.press('End')
      await page.keyboard.press('End')
      await opened.shoot('keys-limited')

      const root = await etcd.as('root', 'pw')
      await root.auth('role/add', { name: 'other' })
      await root.auth('role/grant', {
        name: 'other',
        perm: { permType: 'READWRITE', key: encode('/secret/'), range_end: encode('/secret0') },
      })
      await root.auth('user/grant', { user: 'u', role: 'other' })
      await root.auth('user/revoke', { name: 'u', role: 'reader' })
      await expect
        .poll(
          async () => {
            await page.getByRole('button', { name: 'Refresh' }).click()
            return page.getByText('Below /secret/').isVisible()
          },
          { interval: 1_000 },
        )
        .toBe(true)
      await page.getByRole('treeitem', { name: /^x/ }).waitFor()
      await expect.poll(() => page.getByRole('button', { name: 'Create key' }).isDisabled()).toBe(false)
      opened.expectClean()
    })

    const old = etcdVersions().find(({ version }) => version === '3.4')
    describe.skipIf(!old || 'missing' in old)('v2 on etcd 3.4', () => {
      it('B50 makes a directory and a key with a time to live, changes and deletes them', async () => {
        const binary = old && 'path' in old ? old.path : ''
        await using cluster = await startEtcdCluster({ members: 1, binary, flags: ['--enable-v2'] })
        const url = cluster.endpoints[0] ?? ''
        const v2 = async (key: string) => {
          const answer = await fetch(`${url}/v2/keys${key}`, {
            redirect: 'error',
            signal: AbortSignal.timeout(60_000),
          })
          return ((await answer.json()) as { readonly node?: Record<string, unknown> }).node
        }
        await using console = await startConsole({ endpoints: cluster.endpoints })
        await using opened = await openKeys(console, '/keys?api=v2')
        const { page } = opened
        const dialog = page.getByRole('dialog')
        await page.getByRole('button', { name: 'Create key' }).click()
        await dialog.getByRole('button', { name: 'Directory', exact: true }).click()
        await dialog.getByRole('textbox', { name: 'Directory' }).fill('/made')
        await dialog.getByRole('textbox', { name: /Seconds/ }).fill('600')
        await dialog.getByRole('button', { name: 'Create directory' }).click()
        await page.getByText('A directory. Keys and directories can be created in it.').waitFor()
        expect(await v2('/made')).toMatchObject({ dir: true, ttl: expect.any(Number) })

        await page.getByRole('button', { name: 'Create key' }).click()
        await dialog.getByRole('textbox', { name: 'Key' }).fill('/made/<b>x')
        await dialog.getByRole('textbox', { name: 'Value' }).fill('one')
        await dialog.getByRole('textbox', { name: /Seconds/ }).fill('500')
        await dialog.getByRole('button', { name: 'Create key' }).click()
        const field = page.getByRole('textbox', { name: /^Value of/ })
        await expect.poll(() => field.inputValue()).toBe('one')
        await field.fill('two')
        await page.getByRole('button', { name: 'Save' }).click()
        await expect.poll(() => v2('/made/%3Cb%3Ex')).toMatchObject({ value: 'two', ttl: expect.any(Number) })
        await opened.shoot('keys-v2')

        await page.getByRole('treeitem', { name: /^made/ }).getByRole('button').last().click()
        await page.getByRole('button', { name: 'Delete directory…' }).click()
        await page.getByRole('button', { name: 'Delete 1 key' }).click()
        await page.getByText('1 key deleted', { exact: false }).waitFor()
        expect(await v2('/made')).toBeUndefined()
        opened.expectClean()
      })
    })
  }),
)
