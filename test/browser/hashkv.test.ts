import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { newestInQuick } from '@etcdmonitor/rig/etcd-versions'
import { needServer } from '@etcdmonitor/rig/need-server'
import { describe, expect, it } from 'vitest'
import { type Console, startConsole } from '../setup/console/console.ts'
import { openPage, signInByForm } from '../setup/console/page.ts'

const CONSISTENT = 'Consistent: all voters have the same content.'
const inconclusive = (silent = '') =>
  `Inconclusive: this proves nothing. ${silent} did not answer: see why, then compare again.`
const HOSTILE = '@SUM(1)<img src=x onerror="alert(1)"><script>alert(1)</script>\u202e"\'\r\nX: 1'

async function openHashes(console: Console) {
  await console.signIn()
  const opened = await openPage(console)
  const { page } = opened
  await signInByForm(page)
  await page.waitForURL(/\/monitor\?range=/)
  const compare = async () => {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Operations' }).click()
    await page.getByRole('navigation', { name: 'Operations' }).getByRole('link', { name: 'HashKV' }).click()
    await page.getByRole('button', { name: 'Compare all voters', disabled: false }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Compare all voters' }).click()
    return page.getByText(/^(Consistent|Inconsistent|Inconclusive): /).textContent()
  }
  const rows = () =>
    page
      .getByRole('table', { name: 'Result' })
      .getByRole('row')
      .evaluateAll((found) => found.map((row) => row.textContent))
  return { ...opened, compare, rows }
}

needServer('chromium', () => {
  describe.each(newestInQuick())('hashes of all voters on etcd $version', (server) => {
    const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts
    const start = () => startEtcdCluster({ members: 3, ...('path' in server && { binary: server.path }) })

    it.skipIf(isMissing)(
      'OP23 prove nothing while a voter hangs or is dead, and do when it is back',
      async () => {
        await using cluster = await start()
        await using console = await startConsole({ endpoints: cluster.endpoints })
        await using opened = await openHashes(console)
        const { compare, rows } = opened
        const stopped = cluster.members[1]
        expect(await compare()).toBe(CONSISTENT)
        stopped?.hang()
        try {
          expect(await compare()).toBe(inconclusive(stopped?.name))
          await opened.shoot('hashkv-inconclusive')
          const [, ...members] = await rows()
          const silent = members.find((row) => row?.startsWith(stopped?.name ?? ''))
          expect(silent).toMatch(/does not answer|may hang/)
        } finally {
          stopped?.resume()
        }
        await stopped?.untilHealthy()
        await expect.poll(compare).toBe(CONSISTENT)
        await stopped?.kill()
        expect(await compare()).toBe(inconclusive(stopped?.name))
        await stopped?.restart()
        await expect.poll(compare).toBe(CONSISTENT)
        opened.expectClean()
      },
      240_000,
    )

    it.skipIf(isMissing)(
      'OP33 shows a member whose name is an attack as text',
      async () => {
        await using cluster = await start()
        const member = cluster.members[2]
        await member?.restart(HOSTILE)
        await using console = await startConsole({ endpoints: cluster.endpoints })
        await using opened = await openHashes(console)
        const { page, compare, rows } = opened
        expect(await compare()).toBe(CONSISTENT)
        const shown = (await rows()).join('\n')
        expect(shown).toContain('@SUM(1)<img src=x onerror="alert(1)"><script>')
        expect(await page.title()).toContain('etcdmonitor')
        expect(await page.locator('main img, main script').count()).toBe(0)
        await opened.shoot('hashkv-hostile-name')
        opened.expectClean()
      },
      120_000,
    )
  })
})
